import { describe, expect, test } from "vitest";
import { missingDirective } from "./missing-directive.ts";
import type { Finding, LoggingProxy, Observation } from "./observation.ts";
import { observation, seen } from "./testdata/small-world.ts";
import { wholeHandshake } from "./whole-handshake.ts";

const NOT_SAID: Finding = { kind: "reason", reason: "not-said", words: "" };
const EXPIRED: Finding = { kind: "verify", error: 10, depth: null, which: "last", words: "" };
const CLOSED: Finding = { kind: "reason", reason: "closed", words: "" };

const named = (fields: Partial<Observation>, version: string | null = null) =>
  missingDirective(wholeHandshake([observation(fields)]), version)?.directive ?? null;

describe("a refusal without its reason names", () => {
  test.each<[LoggingProxy, string]>([
    ["nginx", "error_log /var/log/nginx/error.log info;"],
    ["nginx-stream", "error_log /var/log/nginx/error.log info;"],
    ["haproxy", "error-log-format"],
    ["apache", "LogLevel warn ssl:info"],
    ["caddy", "debug"],
    ["traefik", "level: DEBUG"],
    ["envoy", "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%"],
    ["stunnel", "debug = info"],
  ])("for %s %s", (proxy, directive) => {
    expect(named({ proxy, finding: NOT_SAID })).toContain(directive);
  });
});

describe("a fault of an upstream without its reason names", () => {
  test.each<[LoggingProxy, string]>([
    ["nginx", "error_log"],
    ["haproxy", "ssl_bc_err_str"],
    ["apache", "ssl:info"],
    ["envoy", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"],
  ])("for %s %s", (proxy, directive) => {
    expect(named({ proxy, direction: "upstream", finding: CLOSED })).toContain(directive);
  });
});

test("a fault whose certificate is not described names what describes it", () => {
  expect(named({ finding: EXPIRED })).toContain("$ssl_client_i_dn");
  expect(named({ proxy: "apache", finding: EXPIRED })).toContain("ssl:info");
  expect(named({ proxy: "nginx-stream", finding: EXPIRED })).not.toContain("$request");
});

test("nothing is named where the proxy has said all that it can", () => {
  expect(named({ finding: EXPIRED, certificate: seen("truck") })).toBeNull();
  expect(named({ proxy: "caddy", finding: EXPIRED })).toBeNull();
  expect(named({ finding: CLOSED })).toBeNull();
  expect(named({ finding: { kind: "alert-received", alert: 42 } })).toBeNull();
});

test("HAProxy's own words for whoever left are told from those of a format that says more", () => {
  expect(named({ proxy: "haproxy", finding: CLOSED })).toContain("error-log-format");
  expect(
    named({ proxy: "haproxy", finding: CLOSED, tls: "1.3", serverName: "api.hekla.example" }),
  ).toBeNull();
});

test("an old version is told from which one on it can be had", () => {
  const handshake = wholeHandshake([observation({ proxy: "haproxy", finding: NOT_SAID })]);
  expect(missingDirective(handshake, "2.2.9")?.explanation).toContain("HAProxy 2.5 or later");
  expect(missingDirective(handshake, "2.8.1")?.explanation).not.toContain("or later");
  expect(named({ proxy: "apache", finding: NOT_SAID }, "2.2.34")).toBe("LogLevel info");
});
