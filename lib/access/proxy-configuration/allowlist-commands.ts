import type { AccessSetup } from "./access-setup.ts";
import type { AllowlistConfiguration } from "./allowlist-setup.ts";
import { forSystemd, quoted } from "./command-words.ts";

/** The folder of an absolute path. */
const folderOf = (path: string) => path.replace(/\/[^/]*$/, "");

/** Where the script stands on the proxy's machine. */
const SCRIPT = "/usr/local/sbin/countersign-fetch-allowlist.sh";

/** Between two runs, each of which waits for the next change. */
const PAUSE_SECONDS = 1;

/** How the list of a proxy that decides itself is kept fresh. */
export interface AllowlistCommands {
  /**
   * Makes their folders, fetches script and authorities, compares them with what this instance has, and puts the first list in place. The
   * token must be in its file.
   */
  install: string;
  /** The run itself; no line breaks. */
  command: string;
  systemd: { service: { file: string; text: string }; timer: { file: string; text: string }; start: string };
  /** Where there is no systemd: beside the proxy in its container. */
  loop: string;
}

/**
 * The command lines that keep the list of a proxy fresh.
 *
 * @param here `protocolUrl`: the http port of this instance, without a slash at the end
 * @param known SHA-256 of the script and of both trust bundles as this instance has them, hexadecimal
 * @param script path of the script
 */
export function allowlistCommands(
  { planes, planeName, service, files }: AccessSetup,
  { kind, format, taking }: Pick<AllowlistConfiguration, "kind" | "format" | "taking">,
  { protocolUrl }: { protocolUrl: string },
  known: { script: string; servers: string; clients: string },
  script = SCRIPT,
): AllowlistCommands {
  const command = [
    script,
    ...planes.map((plane) => `--plane ${quoted(plane)}`),
    `--name ${planeName} --service ${service} --format ${format}`,
    `--ca ${files.servers} --token ${files.token} --out ${files.allowlist}`,
    ...(taking.check === null ? [] : [`--check ${quoted(taking.check)}`]),
    ...(taking.reload === null ? [] : [`--reload ${quoted(taking.reload)}`]),
  ].join(" ");
  const fetched = (path: string, file: string, sha256: string) => [
    `curl -fsS ${quoted(`${protocolUrl}${path}`)} -o ${file}`,
    `echo '${sha256}  ${file}' | sha256sum -c`,
  ];
  const folders = [...new Set([script, files.servers, files.clients, files.token].map(folderOf))].join(" ");
  const unit = `countersign-allowlist-${kind}-${service}`;
  return {
    // One chain, so that nothing is run that was not what it should be.
    install: `${[
      `mkdir -p ${folders}`,
      ...fetched("/countersign-fetch-allowlist.sh", script, known.script),
      `chmod 755 ${script}`,
      ...fetched("/trust/servers.pem", files.servers, known.servers),
      ...fetched("/trust/clients.pem", files.clients, known.clients),
      `${command} --first`,
    ].join(" &&\n")}\n`,
    command,
    systemd: {
      service: {
        file: `/etc/systemd/system/${unit}.service`,
        text: `[Unit]
Description=Keep the clients that ${kind} lets in fresh (${service})
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
# OnFailure= names the unit that tells you.

[Service]
Type=oneshot
TimeoutStartSec=300
ExecStart=${forSystemd(command)}
# What the script says is logged; that it ran is not.
SyslogLevel=warning
LogLevelMax=notice
`,
      },
      timer: {
        file: `/etc/systemd/system/${unit}.timer`,
        text: `[Unit]
Description=Again and again: keep the clients that ${kind} lets in fresh (${service})

[Timer]
OnActiveSec=1s
OnUnitInactiveSec=${PAUSE_SECONDS}s
AccuracySec=100ms

[Install]
WantedBy=timers.target
`,
      },
      start: `systemctl daemon-reload && systemctl enable --now ${unit}.timer\n`,
    },
    loop: `while sleep ${PAUSE_SECONDS}; do\n  ${command}\ndone\n`,
  };
}
