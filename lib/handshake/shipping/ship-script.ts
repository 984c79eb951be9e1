import { forSystemd, quoted } from "#lib/access/proxy-configuration/command-words.ts";
import type { ShippingConfiguration, ShippingSetup } from "./shipping-setup.ts";

/** Where the script stands on the proxy's machine. */
const SCRIPT = "/usr/local/sbin/countersign-ship-logs.sh";

/** What this instance hands out. */
export interface HandedOut {
  /** The http port of this instance, without a slash at the end. */
  protocolUrl: string;
  /** SHA-256 of the script and of the trust bundle, hexadecimal. */
  script: string;
  servers: string;
}

/**
 * Our own script, which follows the files.
 *
 * @param script path of the script
 */
export function shipWithScript(
  { proxy, planes, planeName, logs, files }: ShippingSetup,
  { protocolUrl, ...known }: HandedOut,
  script = SCRIPT,
): ShippingConfiguration {
  const command = [
    script,
    ...planes.map((plane) => `--plane ${quoted(plane)}`),
    `--name ${planeName} --proxy ${proxy}`,
    `--ca ${files.servers} --token ${files.token} --state ${files.state}/${proxy}.shipped`,
    "--follow",
    ...logs.map(quoted),
  ].join(" ");
  const unit = `countersign-ship-${proxy}`;
  const folders = [...new Set([script, files.servers, files.token].map(folderOf))].join(" ");
  return {
    parts: [
      {
        file: `/etc/systemd/system/${unit}.service`,
        mode: "0644",
        text: `[Unit]
Description=Send the logs of ${proxy} to Countersign
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
# OnFailure= names the unit that tells you.

[Service]
ExecStart=${forSystemd(command)}
Restart=always
RestartSec=5
UMask=0077
# What the script says is logged.
SyslogLevel=warning
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ReadWritePaths=${files.state}

[Install]
WantedBy=multi-user.target
`,
      },
    ],
    commands: [
      {
        title: "Once the token is in its file",
        // One chain, so that nothing is run that was not what it should be.
        code: `${[
          `mkdir -p ${folders}`,
          `install -d -m 0700 ${files.state}`,
          ...fetched(`${protocolUrl}/countersign-ship-logs.sh`, script, known.script),
          `chmod 755 ${script}`,
          ...fetched(`${protocolUrl}/trust/servers.pem`, files.servers, known.servers),
        ].join(" &&\n")}\n`,
      },
      {
        title: "Once the unit is in its file",
        code: `systemctl daemon-reload && systemctl enable --now ${unit}.service\n`,
      },
      { title: "The same without systemd: beside the proxy in its container", code: `${command}\n` },
    ],
    limits: [
      "Each line arrives once, also when the script, the machine or Countersign is killed meanwhile.",
      "It reads logs that are rotated by rename or by copy and truncation. What a writer adds between that copy and the truncation is lost to every reader.",
    ],
    isRun: true,
  };
}

/** Fetches a file and compares it with what this instance has. */
export function fetched(url: string, file: string, sha256: string): string[] {
  return [`curl -fsS ${quoted(url)} -o ${file}`, `echo '${sha256}  ${file}' | sha256sum -c`];
}

/** The folder of an absolute path. */
export function folderOf(path: string): string {
  return path.replace(/\/[^/]*$/, "");
}
