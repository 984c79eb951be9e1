import { SYSLOG_PARAMETER_ID } from "#lib/handshake/syslog-sender.ts";
import { fetched, folderOf, type HandedOut } from "./ship-script.ts";
import {
  plainShippingName,
  planeHost,
  type ShippingConfiguration,
  type ShippingSetup,
} from "./shipping-setup.ts";

/**
 * rsyslog, which follows the files and sends them by syslog over TCP, with the token in each message.
 *
 * @returns null when the planes take no syslog over TCP
 */
export function shipWithRsyslog(
  setup: ShippingSetup,
  { protocolUrl, servers }: HandedOut,
): ShippingConfiguration | null {
  const { proxy, software, planeName, syslog, logs, files } = setup;
  const port = syslog.tlsPort ?? syslog.plainPort;
  if (port === null) return null;
  const isTls = syslog.tlsPort !== null;
  const name = plainShippingName(setup);
  const tls = isTls
    ? `
         StreamDriver="gtls" StreamDriverMode="1"
         StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="${planeName}"
         StreamDriver.CAFile="${files.servers}"`
    : "";
  const inputs = logs.map(
    (log) =>
      `input(type="imfile" file="${log}" tag="${software}" ruleset="${name}" reopenOnTruncate="on" addMetadata="off")`,
  );
  return {
    parts: [
      {
        file: `/etc/rsyslog.d/60-${name}.conf`,
        // The token stands in none of them: it is read from its file at the start.
        mode: "0644",
        text: `module(load="imfile")

template(name="${name}" type="list") {
  constant(value="<134>1 ")
  property(name="timegenerated" dateFormat="rfc3339")
  constant(value=" ${proxy} ${software} - - [${SYSLOG_PARAMETER_ID} token=\\"")
  constant(value=\`cat ${files.token}\`)
  constant(value="\\"] ")
  property(name="msg")
}

ruleset(name="${name}") {
  action(type="omfwd" target="${planeHost(setup)}" port="${port}" protocol="tcp"
         TCP_Framing="octet-counted" template="${name}" KeepAlive="on"${tls}
         queue.type="LinkedList" queue.filename="${name}" queue.saveOnShutdown="on" queue.maxDiskSpace="1g"
         action.resumeRetryCount="-1" action.resumeInterval="5")
}

${inputs.join("\n")}
`,
      },
    ],
    commands: [
      {
        title: "Once the token is in its file",
        code: `${[
          ...(isTls ? ["apt-get install -y rsyslog-gnutls"] : []),
          `mkdir -p ${folderOf(files.servers)}`,
          ...(isTls ? fetched(`${protocolUrl}/trust/servers.pem`, files.servers, servers) : []),
          "rsyslogd -N1",
          "systemctl restart rsyslog",
        ].join(" &&\n")}\n`,
      },
    ],
    limits: [
      "Syslog does not acknowledge: what was under way when the connection or a plane broke is lost.",
      "While no plane answers, lines wait on the disk, 1 GB of them.",
      ...(isTls
        ? []
        : ["Without TLS everybody on the way can read lines and token: on the plane's own machine only."]),
    ],
    isRun: true,
  };
}
