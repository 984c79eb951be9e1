import { planeUrl } from "./plane-url.ts";
import { fetched, folderOf, type HandedOut } from "./ship-script.ts";
import { plainShippingName, type ShippingConfiguration, type ShippingSetup } from "./shipping-setup.ts";
import { tokenAsSetting, tokenForUnit, tokenVariable } from "./token-setting.ts";

/** Vector 0.34 or newer. Not in Debian, and not run: held against its documentation. */
export function shipWithVector(
  setup: ShippingSetup,
  { protocolUrl, servers }: HandedOut,
): ShippingConfiguration {
  const { logs, files } = setup;
  const name = plainShippingName(setup);
  return {
    parts: [
      {
        file: `/etc/vector/${name}.yaml`,
        mode: "0644",
        text: `sources:
  ${name}_logs:
    type: file
    include:
${logs.map((log) => `      - ${log}`).join("\n")}
    max_line_bytes: 65536

sinks:
  ${name}:
    type: http
    inputs: [${name}_logs]
    uri: ${planeUrl(setup)}
    method: post
    compression: gzip
    encoding:
      codec: text
    framing:
      method: newline_delimited
    auth:
      strategy: bearer
      token: "\${${tokenVariable(setup)}}"
    tls:
      ca_file: ${files.servers}
    acknowledgements:
      enabled: true
    batch:
      max_bytes: 524288
      timeout_secs: 1
    buffer:
      type: disk
      max_size: 1073741824
`,
      },
      tokenForUnit("vector", setup),
    ],
    commands: [
      {
        title: "Once the token is in its file",
        code: `${[
          `mkdir -p ${folderOf(files.servers)}`,
          ...fetched(`${protocolUrl}/trust/servers.pem`, files.servers, servers),
          tokenAsSetting(setup),
          "systemctl daemon-reload && systemctl restart vector",
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
