import { describe, expect, test } from "vitest";
import { DomainError } from "#lib/errors.ts";
import { SHIPPING_PROGRAMS, type ShippingProgram, shippingConfiguration } from "./shipping-configuration.ts";
import { type ShippingSetup, usualLogs, usualShippingFiles } from "./shipping-setup.ts";

const setup: ShippingSetup = {
  proxy: "edge-1",
  software: "nginx",
  planes: ["10.0.0.5:3443", "10.0.0.6:3443"],
  planeName: "countersign.example",
  syslog: { tlsPort: 6514, plainPort: 1514 },
  logs: usualLogs("nginx"),
  files: usualShippingFiles("edge-1"),
};
const handedOut = {
  protocolUrl: "http://countersign.example:3080",
  script: "5c".repeat(32),
  servers: "ca".repeat(32),
};

const written = (program: ShippingProgram, more: Partial<ShippingSetup> = {}) => {
  const configuration = shippingConfiguration(program, { ...setup, ...more }, handedOut);
  if (configuration === null) throw new Error("there is none");
  return configuration;
};
const programs = Object.keys(SHIPPING_PROGRAMS) as ShippingProgram[];

test.each(programs)(
  "%s reads every log, trusts our authorities alone and finds the token in its file",
  (program) => {
    const { parts, commands } = written(program);
    const all = [...parts.map(({ text }) => text), ...commands.map(({ code }) => code)].join("\n");
    for (const log of setup.logs) expect(all).toContain(log);
    expect(all).toContain(setup.files.token);
    expect(all).toContain(setup.files.servers);
    expect(all).toContain(`echo '${handedOut.servers}  ${setup.files.servers}' | sha256sum -c`);
    expect(all).not.toMatch(/csp_|undefined|\[object/);
    for (const { file } of parts) expect(file).toMatch(/^\/etc\/[a-z0-9._/-]+edge[_-]1[a-z.]*$/);
  },
);

test.each<[ShippingProgram, boolean]>([
  ["script", true],
  ["rsyslog", true],
  ["syslog-ng", true],
  ["vector", false],
  ["fluent-bit", false],
])("whether %s was run: %s", (program, isRun) => {
  expect(written(program).isRun).toBe(isRun);
});

describe("what each is told", () => {
  test.each<[ShippingProgram, string[]]>([
    [
      "script",
      [
        "--plane 10.0.0.5:3443 --plane 10.0.0.6:3443 --name countersign.example --proxy edge-1",
        "--state /var/lib/countersign/edge-1.shipped --follow /var/log/nginx/error.log /var/log/nginx/access.json",
        "Restart=always",
        "ReadWritePaths=/var/lib/countersign",
      ],
    ],
    [
      "rsyslog",
      [
        'target="10.0.0.5" port="6514" protocol="tcp"',
        'StreamDriver="gtls" StreamDriverMode="1"',
        'StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="countersign.example"',
        'action.resumeRetryCount="-1"',
        "constant(value=`cat /etc/countersign/edge-1.token`)",
        '[countersign@32473 token=\\"',
      ],
    ],
    [
      "syslog-ng",
      ['url("https://countersign.example:3443/v1/ingest/edge-1")', `body("\${MESSAGE}")`, "reliable(yes)"],
    ],
    [
      "vector",
      [
        "uri: https://countersign.example:3443/v1/ingest/edge-1",
        `token: "\${COUNTERSIGN_EDGE_1_TOKEN}"`,
        "      - /var/log/nginx/error.log\n      - /var/log/nginx/access.json\n",
      ],
    ],
    [
      "fluent-bit",
      [
        "host: 10.0.0.5\n      port: 3443\n      uri: /v1/ingest/edge-1",
        `header: Authorization Bearer \${COUNTERSIGN_EDGE_1_TOKEN}`,
        "tls.vhost: countersign.example",
      ],
    ],
  ])("%s", (program, words) => {
    const text = written(program)
      .parts.map((part) => part.text)
      .join("\n");
    for (const word of words) expect(text).toContain(word);
  });
});

test("rsyslog speaks TLS where it can, and there is none without a port", () => {
  const plain = written("rsyslog", { syslog: { tlsPort: null, plainPort: 1514 }, planes: ["[::1]:3443"] });
  expect(plain.parts[0]?.text).toContain('target="::1" port="1514"');
  expect(plain.parts[0]?.text).not.toContain("StreamDriver");
  expect(plain.limits.join()).toContain("Without TLS");
  expect(
    shippingConfiguration("rsyslog", { ...setup, syslog: { tlsPort: null, plainPort: null } }, handedOut),
  ).toBeNull();
});

test.each<[string, Partial<ShippingSetup>]>([
  ["planes", { planes: [] }],
  ["planes", { planes: ["here"] }],
  ["planes", { planes: ['a"b:1'] }],
  ["logs", { logs: [] }],
  ["logs", { logs: ["error.log"] }],
  ["logs", { logs: ["/var/log/*.log"] }],
  ["logs", { logs: ['/var/log/a" b'] }],
  ["logs", { logs: ["/var/log/a\nb"] }],
  ["files", { files: { ...setup.files, token: "/etc/$(id)" } }],
])("what would mean something else is refused, naming %s: %o", (field, more) => {
  for (const program of programs) {
    let thrown: unknown;
    try {
      written(program, more);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DomainError);
    expect((thrown as DomainError).violations[0]?.field).toBe(field);
  }
});
