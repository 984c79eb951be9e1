import { planeUrl } from "./plane-url.ts";
import { fetched, folderOf, type HandedOut } from "./ship-script.ts";
import { plainShippingName, type ShippingConfiguration, type ShippingSetup } from "./shipping-setup.ts";

/** syslog-ng 3.38 or newer with its module http, which sends to the endpoint itself and waits for its answer. */
export function shipWithSyslogNg(
  setup: ShippingSetup,
  { protocolUrl, servers }: HandedOut,
): ShippingConfiguration {
  const { logs, files } = setup;
  const name = plainShippingName(setup);
  const sources = logs.map((log) => `  file("${log}" flags(no-parse) follow-freq(1));`);
  return {
    parts: [
      {
        file: `/etc/syslog-ng/conf.d/${name}.conf`,
        mode: "0644",
        text: `@include "${files.token}.syslog-ng"

source s_${name} {
${sources.join("\n")}
};

destination d_${name} {
  http(
    url("${planeUrl(setup)}")
    method("POST")
    headers("Authorization: Bearer \`${name}_token\`", "Content-Type: text/plain")
    body("\${MESSAGE}")
    delimiter("\\n")
    batch-lines(1000)
    batch-bytes(512Kb)
    batch-timeout(500)
    timeout(30)
    time-reopen(5)
    retries(1000000)
    tls(ca-file("${files.servers}") peer-verify(yes))
    disk-buffer(reliable(yes) dir("${files.state}") disk-buf-size(1073741824) mem-buf-size(10485760))
  );
};

log { source(s_${name}); destination(d_${name}); flags(flow-control); };
`,
      },
    ],
    commands: [
      {
        title: "Once the token is in its file",
        code: `${[
          "apt-get install -y syslog-ng-mod-http",
          `mkdir -p ${folderOf(files.servers)}`,
          `install -d -m 0700 ${files.state}`,
          ...fetched(`${protocolUrl}/trust/servers.pem`, files.servers, servers),
          `( umask 077; sed '1s/.*/@define ${name}_token "&"/' ${files.token} > ${files.token}.syslog-ng )`,
          "syslog-ng --syntax-only",
          "systemctl restart syslog-ng",
        ].join(" &&\n")}\n`,
      },
    ],
    limits: [
      "A batch whose answer was lost on the way is sent again, and its lines are counted twice.",
      "While no plane answers, lines wait on the disk, 1 GB of them.",
    ],
    isRun: true,
  };
}
