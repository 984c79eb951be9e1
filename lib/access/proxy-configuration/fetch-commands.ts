import { forSystemd, quoted } from "./command-words.ts";
import type { ProxyConfiguration, ProxySetup } from "./proxy-setup.ts";

/** Where the script stands on the proxy's machine. */
const SCRIPT = "/usr/local/sbin/countersign-fetch-crl.sh";

/** Between two runs. An unchanged bundle is answered by 304. */
export const FETCH_SECONDS = 2;

/** How the CRL file of a proxy is kept fresh. */
export interface FetchCommands {
  /** Fetches the authorities of the clients, and compares them with what this instance has. */
  authorities: string;
  /** The same with the script, which is run once. */
  install: string;
  /** The run itself; no line breaks. */
  command: string;
  systemd: { service: { file: string; text: string }; timer: { file: string; text: string }; start: string };
  cron: { file: string; text: string };
  /** Where there is neither: beside the proxy in its container. */
  loop: string;
}

/**
 * The command lines that keep the CRL file of a proxy fresh.
 *
 * @param known SHA-256 of the script and of the trust bundle as this instance has them, hexadecimal
 * @param script path of the script
 */
export function fetchCommands(
  setup: ProxySetup,
  { proxy, reload }: ProxyConfiguration,
  known: { script: string; bundle: string },
  script = SCRIPT,
): FetchCommands {
  const { protocolUrl, bundle, files } = setup;
  const url = quoted(`${protocolUrl}/crl/${bundle}.pem`);
  const once = `${script} --url ${url} --ca ${files.clients} --out ${files.crl}`;
  const command = reload === null ? once : `${once} --reload ${quoted(reload)}`;
  const authorities = [
    `mkdir -p ${files.clients.replace(/\/[^/]*$/, "")}`,
    `curl -fsS ${quoted(`${protocolUrl}/trust/${bundle}.pem`)} -o ${files.clients}`,
    `echo '${known.bundle}  ${files.clients}' | sha256sum -c`,
  ];
  const unit = `countersign-fetch-crl-${proxy}-${bundle}`;
  return {
    authorities: `${authorities.join(" &&\n")}\n`,
    // One chain, so that nothing is run that was not what it should be.
    install: `${[
      `curl -fsS ${quoted(`${protocolUrl}/countersign-fetch-crl.sh`)} -o ${script}`,
      `echo '${known.script}  ${script}' | sha256sum -c`,
      `chmod 755 ${script}`,
      ...authorities,
      once,
    ].join(" &&\n")}\n`,
    command,
    systemd: {
      service: {
        file: `/etc/systemd/system/${unit}.service`,
        text: `[Unit]
Description=Keep the CRLs of ${proxy} fresh (${bundle})
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
# OnFailure= names the unit that tells you.

[Service]
Type=oneshot
TimeoutStartSec=120
ExecStart=${forSystemd(command)}
# What the script says is logged; that it ran is not.
SyslogLevel=warning
LogLevelMax=notice
`,
      },
      timer: {
        file: `/etc/systemd/system/${unit}.timer`,
        text: `[Unit]
Description=Every ${FETCH_SECONDS} s: keep the CRLs of ${proxy} fresh (${bundle})

[Timer]
OnActiveSec=1s
OnUnitInactiveSec=${FETCH_SECONDS}s
AccuracySec=500ms

[Install]
WantedBy=timers.target
`,
      },
      start: `systemctl daemon-reload && systemctl enable --now ${unit}.timer\n`,
    },
    cron: {
      file: `/etc/cron.d/${unit}`,
      // cron knows no sbin by itself, and a percent sign is the end of a line to it.
      text: `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
* * * * * root ${command.replaceAll("%", "\\%")}\n`,
    },
    loop: `while sleep ${FETCH_SECONDS}; do\n  ${command}\ndone\n`,
  };
}
