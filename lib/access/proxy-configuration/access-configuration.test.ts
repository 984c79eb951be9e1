import { expect, test } from "vitest";
import { PROXY_KINDS, type ProxyKind } from "#lib/access/proxy-input.ts";
import { accessConfiguration, accessWays } from "./access-configuration.ts";
import { type AccessSetup, type AccessWay, HEADER_OF, isSocket, usualAccessFiles } from "./access-setup.ts";
import { FOREIGN_HEADERS, OUR_HEADERS } from "./application-headers.ts";

/** What real proxies make of these is in e2e/interop/decision-*.test.ts and allowlist-*.test.ts. */

const TOKEN = "csp_of_this_proxy";
const setup = (kind: ProxyKind, more: Partial<AccessSetup> = {}): AccessSetup => ({
  planes: ["10.0.0.1:3443", "10.0.0.2:3443"],
  planeName: "countersign.example",
  service: "pay-ments",
  token: TOKEN,
  clientAuthorities: ["QUFBQQ=="],
  serverName: "api.example",
  address: null,
  port: 8443,
  upstream: "127.0.0.1:8080",
  depth: 2,
  files: usualAccessFiles(kind, "api.example", "pay-ments"),
  ...more,
});

const ALL: [ProxyKind, AccessWay][] = PROXY_KINDS.flatMap((kind) =>
  accessWays(kind).map((way): [ProxyKind, AccessWay] => [kind, way]),
);
const ASKING = ALL.filter(([, way]) => way === "asks");

function written(kind: ProxyKind, way: AccessWay, more: Partial<AccessSetup> = {}) {
  const configuration = accessConfiguration(kind, way, setup(kind, more));
  if (configuration === null) throw new Error("there is none");
  return { ...configuration, text: configuration.parts.map(({ text }) => text).join("\n") };
}

test("every kind of proxy can be connected; Apache, which cannot ask, by a file", () => {
  for (const kind of PROXY_KINDS) {
    expect(accessWays(kind).includes("asks")).toBe(kind !== "apache");
    expect(accessWays(kind).includes("file")).toBe(["nginx", "caddy", "haproxy", "apache"].includes(kind));
  }
  expect(accessConfiguration("apache", "asks", setup("apache"))).toBeNull();
});

test.each(ALL)("%s that %s: what cannot be seen in it is said", (kind, way) => {
  const configuration = written(kind, way);
  expect(configuration).toMatchObject({ kind, way });
  expect(configuration.explanation.length).toBeGreaterThan(2);
  expect(configuration.openConnections.bound).not.toBe("");
  expect(configuration.limits).not.toEqual([]);
  expect(configuration.isRun).toBe(!["envoy", "traefik"].includes(kind));
});

test.each(ALL)("%s that %s: the token stands in secret parts only", (kind, way) => {
  const { parts } = written(kind, way);
  for (const { text, isSecret } of parts) expect(text.includes(TOKEN)).toBe(isSecret);
  expect(parts.some(({ isSecret }) => isSecret)).toBe(true);
});

test.each(ASKING)("%s that asks names every plane, the service, and all of its files", (kind) => {
  const { text } = written(kind, "asks");
  for (const each of ["10.0.0.1", "10.0.0.2", "countersign.example", "127.0.0.1"])
    expect(text).toContain(each);
  expect(text).toContain(kind === "haproxy" ? "lua.countersign pay-ments " : "/v1/decision/pay-ments");
  const { certificate, servers } = setup(kind).files;
  for (const file of [certificate, servers]) expect(text).toContain(file);
});

test.each(ASKING)("%s that asks takes away what a client says of itself", (kind) => {
  const text = written(kind, "asks").text.toLowerCase();
  for (const header of [...OUR_HEADERS, ...FOREIGN_HEADERS]) {
    const name = header.toLowerCase();
    // Caddy and HAProxy take ours away by what they begin with.
    expect(text).toContain(name.startsWith("x-countersign-") ? "x-countersign-" : name);
  }
});

test.each(ASKING.filter(([kind]) => kind !== "haproxy"))(
  "%s passes certificates on in its own header",
  (kind) => {
    expect(written(kind, "asks").text.toLowerCase()).toContain(HEADER_OF[kind]);
  },
);

test.each<ProxyKind>(["haproxy", "envoy", "traefik"])(
  "%s, which watches planes, asks none that is there and cannot decide yet",
  (kind) => {
    expect(written(kind, "asks").text.match(/\/healthz[^ ,\n]*/g)).toEqual(["/healthz/decisions"]);
  },
);

test("nginx asks through a unix socket without TLS, with its token", () => {
  const { text } = written("nginx", "asks", { planes: ["unix:/run/countersign/decisions.sock"] });
  expect(text).toContain("server    unix:/run/countersign/decisions.sock max_fails=1");
  expect(text).toContain("http://countersign_pay_ments/v1/decision/pay-ments;");
  expect(text).toContain(`Bearer ${TOKEN}`);
  expect(text).not.toMatch(/proxy_ssl_|https:/);
});

test("a socket is a plain absolute path, which nothing in a configuration could misread", () => {
  expect(isSocket("unix:/run/countersign/decisions.sock")).toBe(true);
  for (const plane of [
    "unix:run/x",
    "unix:",
    "unix:/a b",
    "unix:/a;b",
    "unix:/a{",
    `unix:/${"x".repeat(107)}`,
  ])
    expect(isSocket(plane)).toBe(false);
});

test.each(ASKING)("%s listens on an IPv6 address", (kind) => {
  const { text } = written(kind, "asks", { address: "::1" });
  expect(text).toMatch(kind === "caddy" || kind === "envoy" ? /::1/ : /\[::1\]:8443/);
});

test("the usual places of the files are those of the packages", () => {
  expect(usualAccessFiles("haproxy", "api.example", "pay-ments")).toMatchObject({
    certificate: "/etc/haproxy/countersign/api.example.pem",
    key: "/etc/haproxy/countersign/api.example.pem.key",
    configuration: "/etc/haproxy/haproxy.cfg",
  });
});
