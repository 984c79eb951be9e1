import { expect, test } from "vitest";
import { apacheWithCrl } from "./apache.ts";
import { fetchCommands } from "./fetch-commands.ts";
import { haproxyWithCrl } from "./haproxy.ts";
import { nginxWithCrl, nginxWithOcsp } from "./nginx.ts";
import { type ProxyConfiguration, type ProxySetup, usualFiles } from "./proxy-setup.ts";
import { stunnelWithCrl } from "./stunnel.ts";

/** What real proxies make of these is in e2e/interop/revocation-*.test.ts. */

const setup = (proxy: ProxyConfiguration["proxy"], more: Partial<ProxySetup> = {}): ProxySetup => ({
  protocolUrl: "http://countersign.example:3080",
  bundle: "clients",
  serverName: "api.example",
  address: null,
  port: 443,
  upstream: "127.0.0.1:8080",
  depth: 2,
  openSeconds: 30,
  files: usualFiles(proxy, "api.example", "clients"),
  ...more,
});
const ALL: [string, ProxyConfiguration, string[]][] = [
  ["nginx", nginxWithCrl(setup("nginx")), ["ssl_session_cache      off", "ssl_session_tickets    off"]],
  [
    "nginx with OCSP",
    nginxWithOcsp(setup("nginx"), null),
    ["ssl_session_cache      off", "ssl_session_tickets    off"],
  ],
  ["HAProxy", haproxyWithCrl(setup("haproxy")), ["tune.ssl.cachesize 0", "no-tls-tickets"]],
  ["Apache", apacheWithCrl(setup("apache")), ["SSLSessionCache none", "SSLSessionTickets off"]],
  ["stunnel", stunnelWithCrl(setup("stunnel")), ["sessionResume = no", "options = NO_TICKET"]],
];
const textOf = ({ parts }: ProxyConfiguration) => parts.map(({ text }) => text).join("\n");

test.each(ALL)("%s: resumption is off, and what open connections cost is said", (_, configuration, lines) => {
  for (const line of lines) expect(textOf(configuration)).toContain(line);
  expect(configuration.openConnections.bound).not.toBe("");
  expect(configuration.openConnections.cost).not.toBe("");
  expect(configuration.limits.length).toBeGreaterThan(0);
});

test.each(ALL.filter(([name]) => name !== "nginx with OCSP"))("%s names its files", (_, configuration) => {
  const { certificate, clients, crl } = setup(configuration.proxy).files;
  for (const file of [certificate, clients, crl]) expect(textOf(configuration)).toContain(file);
});

test("nginx with OCSP asks this instance, and reads no CRL", () => {
  const text = textOf(nginxWithOcsp(setup("nginx"), "10.0.0.53"));
  expect(text).toContain("ssl_ocsp               leaf;");
  expect(text).toContain("ssl_ocsp_responder     http://countersign.example:3080/ocsp;");
  expect(text).toContain("resolver               10.0.0.53;");
  expect(text).not.toContain("ssl_crl");
  expect(textOf(nginxWithOcsp(setup("nginx"), null))).not.toContain("resolver ");
});

test("an IPv6 address is written in brackets", () => {
  const text = textOf(nginxWithCrl(setup("nginx", { address: "::1" })));
  expect(text).toContain("listen                 [::1]:443 ssl;");
});

test("Apache listens by itself on 443 only", () => {
  expect(textOf(apacheWithCrl(setup("apache")))).not.toContain("Listen");
  expect(textOf(apacheWithCrl(setup("apache", { port: 8443 })))).toContain("Listen 8443\n");
});

test("what is fetched over http is compared with what this instance has before it is used", () => {
  const commands = fetchCommands(setup("nginx"), nginxWithCrl(setup("nginx")), {
    script: "aa".repeat(32),
    bundle: "bb".repeat(32),
  });
  expect(commands.install).toContain(
    `echo '${"aa".repeat(32)}  /usr/local/sbin/countersign-fetch-crl.sh' | sha256sum -c`,
  );
  expect(commands.install).toContain(
    `echo '${"bb".repeat(32)}  /etc/nginx/countersign/clients.pem' | sha256sum -c`,
  );
  expect(commands.command).toBe(
    "/usr/local/sbin/countersign-fetch-crl.sh --url http://countersign.example:3080/crl/clients.pem" +
      " --ca /etc/nginx/countersign/clients.pem --out /etc/nginx/countersign/clients.crl --reload 'nginx -s reload'",
  );
});

test("signs that mean something to cron, systemd and sh are made harmless", () => {
  const odd = setup("nginx", { protocolUrl: "http://countersign.example/a%20b/it's" });
  const { command, cron, systemd } = fetchCommands(odd, nginxWithCrl(odd), { script: "aa", bundle: "bb" });
  expect(command).toContain(`--url 'http://countersign.example/a%20b/it'\\''s/crl/clients.pem'`);
  expect(cron.text).toContain("a\\%20b");
  expect(systemd.service.text).toContain("a%%20b");
});
