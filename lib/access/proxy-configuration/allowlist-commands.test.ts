import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AccessSetup, usualAccessFiles } from "./access-setup.ts";
import { allowlistCommands } from "./allowlist-commands.ts";
import type { AllowlistConfiguration } from "./allowlist-setup.ts";
import { apacheWithAllowlist } from "./apache-allowlist.ts";
import { FOREIGN_HEADERS } from "./application-headers.ts";
import { caddyWithAllowlist } from "./caddy-allowlist.ts";
import { haproxyWithAllowlist } from "./haproxy-allowlist.ts";
import { nginxWithAllowlist } from "./nginx-allowlist.ts";

/** What real proxies and the script make of these is in e2e/interop/allowlist-*.test.ts. */

const setup = (kind: "nginx" | "haproxy" | "apache" | "caddy"): AccessSetup => ({
  planes: ["10.0.0.1:3443", "10.0.0.2:3443"],
  planeName: "countersign.example",
  service: "pay-ments",
  token: "csp_of_this_proxy",
  clientAuthorities: ["QUFBQQ=="],
  serverName: "api.example",
  address: null,
  port: 8443,
  upstream: "127.0.0.1:8080",
  depth: 2,
  files: usualAccessFiles(kind, "api.example", "pay-ments"),
});
const KNOWN = { script: "aa".repeat(32), servers: "bb".repeat(32), clients: "cc".repeat(32) };
const HERE = { protocolUrl: "http://countersign.example:3080" };
const commandsOf = (configuration: AllowlistConfiguration) =>
  allowlistCommands(setup("nginx"), configuration, HERE, KNOWN);

const ALL: [string, AllowlistConfiguration, string[]][] = [
  ["nginx", nginxWithAllowlist(setup("nginx")), ["ssl_session_cache      off", "ssl_session_tickets    off"]],
  ["HAProxy", haproxyWithAllowlist(setup("haproxy")), ["tune.ssl.cachesize 0", "no-tls-tickets"]],
  ["Apache", apacheWithAllowlist(setup("apache")), ["SSLSessionCache none", "SSLSessionTickets off"]],
  // It cannot; what it resumes is looked up anew.
  ["Caddy", caddyWithAllowlist(setup("caddy")), []],
];

test.each(ALL)(
  "%s reads its list, resumes nothing, and takes foreign headers away",
  (_, configuration, off) => {
    const text = configuration.parts.map((part) => part.text).join("\n");
    expect(text).toContain(setup(configuration.format as "nginx").files.allowlist);
    for (const line of [...off, ...FOREIGN_HEADERS]) expect(text).toContain(line);
    expect(configuration.limits.join(" ")).toContain("paths or methods");
  },
);

test("what is fetched over http is compared with what this instance has before it is used", () => {
  const { install } = commandsOf(nginxWithAllowlist(setup("nginx")));
  const folder = "/etc/nginx/countersign";
  for (const [hash, file] of [
    [KNOWN.script, "/usr/local/sbin/countersign-fetch-allowlist.sh"],
    [KNOWN.servers, `${folder}/servers.pem`],
    [KNOWN.clients, `${folder}/clients.pem`],
  ])
    expect(install).toContain(`echo '${hash}  ${file}' | sha256sum -c &&\n`);
  expect(install.trimEnd()).toMatch(/ --first$/);
});

test("on a machine where no folder is there yet, the commands put everything in place", async () => {
  const root = await mkdtemp(join(tmpdir(), "countersign-empty-"));
  try {
    const bin = join(root, "bin");
    await mkdir(bin);
    // A curl that fetches a script that says what it was told.
    const curl = '#!/bin/sh\nprintf \'#!/bin/sh\\necho "$@"\\n\' > "$4"\n';
    await writeFile(join(bin, "curl"), curl, { mode: 0o755 });
    const there = setup("nginx");
    const files = Object.fromEntries(
      Object.entries(there.files).map(([name, path]) => [name, `${root}${path}`]),
    ) as unknown as AccessSetup["files"];
    const sha256 = hash("sha256", '#!/bin/sh\necho "$@"\n');
    const { install } = allowlistCommands(
      { ...there, files },
      nginxWithAllowlist(there),
      HERE,
      { script: sha256, servers: sha256, clients: sha256 },
      `${root}/usr/local/sbin/fetch.sh`,
    );
    const run = spawnSync("env", ["-i", `PATH=${bin}:/usr/bin:/bin`, "sh", "-c", install], {
      encoding: "utf8",
    });
    expect([run.stderr, run.status]).toEqual(["", 0]);
    expect(run.stdout).toMatch(/--service pay-ments .* --first\n$/);
    for (const path of [files.servers, files.clients]) expect(existsSync(path)).toBe(true);
  } finally {
    await rm(root, { recursive: true });
  }
});

test("the run asks every plane, and does with a new list what the proxy needs", () => {
  const { command } = commandsOf(nginxWithAllowlist(setup("nginx")));
  expect(command).toBe(
    "/usr/local/sbin/countersign-fetch-allowlist.sh --plane 10.0.0.1:3443 --plane 10.0.0.2:3443" +
      " --name countersign.example --service pay-ments --format nginx" +
      " --ca /etc/nginx/countersign/servers.pem --token /etc/nginx/countersign/pay-ments.token" +
      " --out /etc/nginx/countersign/pay-ments.allowlist --check 'nginx -t -q' --reload 'nginx -s reload'",
  );
  expect(commandsOf(apacheWithAllowlist(setup("apache"))).command).not.toMatch(/--check|--reload/);
  expect(command).not.toContain("csp_");
});

test("signs that mean something to systemd and sh are made harmless", () => {
  const configuration = nginxWithAllowlist(setup("nginx"));
  const { command, systemd } = commandsOf({
    ...configuration,
    taking: { check: null, reload: "kill -HUP $(cat 'it''s 100%')" },
  });
  expect(command).toContain(`--reload 'kill -HUP $(cat '\\''it'\\'''\\''s 100%'\\'')'`);
  expect(systemd.service.text).toContain("$$(cat");
  expect(systemd.service.text).toContain("100%%");
});
