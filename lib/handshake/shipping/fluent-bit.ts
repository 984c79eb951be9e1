import { fetched, folderOf, type HandedOut } from "./ship-script.ts";
import {
  plainShippingName,
  planeHost,
  type ShippingConfiguration,
  type ShippingSetup,
} from "./shipping-setup.ts";
import { tokenAsSetting, tokenForUnit, tokenVariable } from "./token-setting.ts";

/** Fluent Bit 3.2 or newer. Not in Debian, and not run: held against its documentation. */
export function shipWithFluentBit(
  setup: ShippingSetup,
  { protocolUrl, servers }: HandedOut,
): ShippingConfiguration {
  const { proxy, planes, planeName, logs, files } = setup;
  const name = plainShippingName(setup);
  const port = /:(\d+)$/.exec(planes[0] ?? "")?.[1] ?? "443";
  return {
    parts: [
      {
        file: `/etc/fluent-bit/${name}.yaml`,
        mode: "0644",
        text: `service:
  flush: 1
  storage.path: ${files.state}/fluent-bit

pipeline:
  inputs:
${logs
  .map(
    (log, index) => `    - name: tail
      tag: ${name}
      path: ${log}
      db: ${files.state}/${proxy}-${index + 1}.db
      read_from_head: on
      buffer_max_size: 64k
      storage.type: filesystem
`,
  )
  .join("")}
  outputs:
    - name: http
      match: ${name}
      host: ${planeHost(setup)}
      port: ${port}
      uri: /v1/ingest/${proxy}
      format: json
      compress: gzip
      header: Authorization Bearer \${${tokenVariable(setup)}}
      tls: on
      tls.verify: on
      tls.verify_hostname: on
      tls.ca_file: ${files.servers}
      tls.vhost: ${planeName}
      retry_limit: no_limits
      storage.total_limit_size: 1G
`,
      },
      tokenForUnit("fluent-bit", setup),
    ],
    commands: [
      {
        title: "Once the token is in its file",
        code: `${[
          `mkdir -p ${folderOf(files.servers)} ${files.state}/fluent-bit`,
          ...fetched(`${protocolUrl}/trust/servers.pem`, files.servers, servers),
          tokenAsSetting(setup),
          "systemctl daemon-reload && systemctl restart fluent-bit",
        ].join(" &&\n")}\n`,
      },
    ],
    limits: [
      "A batch whose answer was lost on the way is sent again, and its lines are counted twice.",
      "While no plane answers, lines wait on the disk, 1 GB of them.",
    ],
    isRun: false,
  };
}
