import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import type { Observation } from "#lib/handshake/observation.ts";
import { parseCaddy } from "./caddy.ts";

const CONTEXT = { receivedAt: Date.parse("2026-04-09T08:00:00Z") };
const AT = Date.parse("2026-04-09T07:31:04.250Z");
const TS = AT / 1_000;

const parse = (line: string) => parseCaddy(line, CONTEXT);
const json = (fields: object) => parse(JSON.stringify({ level: "debug", ts: TS, ...fields }));
const seen = (parsed: ReturnType<typeof parse>): Observation | null =>
  parsed.kind === "observation" ? parsed.observation : null;

const REFUSED = "http: TLS handshake error from 10.8.0.7:50112: ";
const EXPIRED =
  "x509: certificate has expired or is not yet valid: current time 2026-04-09T07:31:04Z is after 2026-03-02T08:00:00Z";

describe("a client that was refused", () => {
  const expected = {
    proxy: "caddy",
    log: "error",
    at: AT,
    zone: "said",
    keys: ["peer 10.8.0.7:50112"],
    peer: { address: "10.8.0.7", port: 50_112 },
    direction: "inbound",
    outcome: "refused",
    finding: { kind: "verify", error: 10, failedAt: Date.parse("2026-03-02T08:00:00Z") },
    certificate: null,
    upstream: null,
  };
  const message = `${REFUSED}tls: failed to verify certificate: ${EXPIRED}`;

  test.each<[string, string]>([
    ["JSON", JSON.stringify({ level: "debug", ts: TS, logger: "http.stdlib", msg: message })],
    [
      "JSON, time in milliseconds",
      JSON.stringify({ level: "debug", ts: AT, logger: "http.stdlib", msg: message }),
    ],
    [
      "JSON, time in nanoseconds",
      JSON.stringify({ level: "debug", ts: AT * 1e6, logger: "http.stdlib", msg: message }),
    ],
    [
      "JSON, time of RFC 3339 elsewhere",
      JSON.stringify({
        level: "debug",
        ts: "2026-04-09T09:31:04.250+0200",
        logger: "http.stdlib",
        msg: message,
      }),
    ],
    [
      "JSON, fields in another order",
      JSON.stringify({ msg: message, logger: "http.stdlib", ts: TS, level: "debug" }),
    ],
    ["console, seconds", `1.77571986425e+09\tdebug\thttp.stdlib\t${message}`],
    [
      "JSON through the journal",
      `2026-04-09T09:31:05+02:00 edge7 caddy[811]: ${JSON.stringify({ level: "debug", ts: TS, logger: "http.stdlib", msg: message })}`,
    ],
    [
      "JSON of a container",
      `2026-04-09T07:31:04.999999999Z stderr F ${JSON.stringify({ level: "debug", ts: TS, logger: "http.stdlib", msg: message })}`,
    ],
    [
      "JSON as Docker keeps it",
      JSON.stringify({
        log: `${JSON.stringify({ level: "debug", ts: TS, logger: "http.stdlib", msg: message })}\n`,
        stream: "stderr",
        time: "2026-04-09T07:31:05Z",
      }),
    ],
  ])("%s", (_, line) => {
    expect(seen(parse(line))).toMatchObject(expected);
  });

  test.each<[string, string]>([
    ["console", `2026/04/09 07:31:04.250\tDEBUG\thttp.stdlib\t${message}`],
    ["console, pasted with blanks", `2026/04/09 07:31:04.250    DEBUG   http.stdlib     ${message}`],
    ["version 1", `2026/04/09 07:31:04.250 ${message}`],
    ["console, coloured", `2026/04/09 07:31:04.250\t\x1b[35mDEBUG\x1b[0m\thttp.stdlib\t${message}`],
  ])("%s, which does not say its time zone", (_, line) => {
    expect(seen(parse(line))).toMatchObject({ ...expected, zone: "assumed" });
  });

  test("alone, as people paste it", () => {
    expect(seen(parse(message))).toMatchObject({ ...expected, at: null, zone: "assumed" });
  });

  test.each<[string, object]>([
    ["tls: client didn't provide a certificate", { kind: "reason", reason: "certificate-absent" }],
    [
      "tls: failed to verify client certificate: x509: certificate signed by unknown authority",
      { error: 20 },
    ],
    ["tls: failed to verify certificate: x509: certificate signed by unknown authority", { error: 20 }],
    ["remote error: tls: expired certificate", { kind: "alert-received", alert: 45 }],
    ["local error: tls: bad record MAC", { reason: "bad-record" }],
    ["client sent an HTTP request to an HTTPS server", { reason: "plain-http" }],
    ["tls: new words", { reason: "not-said", words: "tls: new words" }],
  ])("%s", (said, finding) => {
    const observation = seen(json({ logger: "http.stdlib", msg: REFUSED + said }));
    expect(observation).toMatchObject({ outcome: "refused", direction: "inbound", finding, quote: said });
  });

  test("for a name that is not served, which is said twice", () => {
    const first = json({
      logger: "tls.handshake",
      msg: "no certificate matching TLS ClientHello",
      remote_ip: "10.8.0.7",
      remote_port: "50112",
      server_name: "depot.example",
      identifier: "depot.example",
    });
    const second = json({
      logger: "http.stdlib",
      msg: `${REFUSED}no certificate available for 'depot.example'`,
    });
    for (const parsed of [first, second])
      expect(seen(parsed)).toMatchObject({
        keys: ["peer 10.8.0.7:50112"],
        serverName: "depot.example",
        outcome: "refused",
        finding: { reason: "server-name" },
      });
  });

  test("and the name that it asked for, where the line tells whose it was", () => {
    const hello = (RemoteAddr?: object) =>
      json({
        logger: "events",
        msg: "event",
        name: "tls_get_certificate",
        origin: "tls",
        data: { client_hello: { ServerName: "till.example", SupportedVersions: [772], RemoteAddr } },
      });
    expect(seen(hello({ IP: "2001:db8::7", Port: 50_112, Zone: "" }))).toMatchObject({
      keys: ["peer 2001:db8::7:50112"],
      outcome: "unknown",
      finding: null,
      serverName: "till.example",
    });
    expect(hello()).toEqual({ kind: "other" });
  });

  test("and what it had been shown", () => {
    const parsed = json({
      logger: "tls.handshake",
      msg: "matched certificate in cache",
      remote_ip: "2001:db8::7",
      remote_port: "50112",
      subjects: ["till.example", "*.till.example"],
      expiration: 1_780_000_000,
    });
    expect(seen(parsed)).toMatchObject({
      keys: ["peer 2001:db8::7:50112"],
      outcome: "unknown",
      finding: null,
      serverName: "till.example",
      served: { names: ["dns:till.example", "dns:*.till.example"], notAfter: 1_780_000_000_000 },
    });
  });
});

const TLS = {
  resumed: false,
  version: 772,
  cipher_suite: 4865,
  proto: "h2",
  server_name: "till.example",
  client_common_name: "kiosk-4.example",
  client_serial: "48879",
};
const REQUEST = {
  remote_ip: "10.8.0.7",
  remote_port: "50112",
  client_ip: "192.0.2.1",
  proto: "HTTP/2.0",
  method: "GET",
  host: "till.example:8443",
  uri: `/?q="${REFUSED}"`,
  tls: TLS,
};

describe("a request", () => {
  const access = {
    level: "info",
    logger: "http.log.access.log0",
    msg: "handled request",
    request: REQUEST,
    status: 200,
  };

  test("has the client's common name and serial number", () => {
    expect(seen(json(access))).toMatchObject({
      log: "access",
      direction: "inbound",
      outcome: "accepted",
      peer: { address: "10.8.0.7", port: 50_112 },
      keys: ["peer 10.8.0.7:50112"],
      serverName: "till.example",
      tls: "1.3",
      status: 200,
      finding: null,
      certificate: { role: "leaf", subject: null, commonName: "kiosk-4.example", serial: "beef" },
    });
  });

  test("is the same on the console", () => {
    const { level: _, logger: __, msg: ___, ...fields } = access;
    const line = `2026/04/09 07:31:04.250\tINFO\thttp.log.access.log0\thandled request\t${JSON.stringify(fields)}`;
    expect(seen(parse(line))).toMatchObject({ status: 200, certificate: { serial: "beef" } });
  });

  test("of Caddy 2.4 has the address and port in one", () => {
    const { remote_ip: _, remote_port: __, ...old } = REQUEST;
    const request = { ...old, remote_addr: "10.8.0.7:50112" };
    expect(seen(json({ ...access, request }))?.keys).toEqual(["peer 10.8.0.7:50112"]);
  });

  test.each<[string, object, object]>([
    ["an error of the application", { status: 500 }, { outcome: "accepted", finding: null }],
    ["the wrong host", { status: 421 }, { outcome: "refused", finding: { reason: "misdirected" } }],
    ["no certificate", { request: { ...REQUEST, tls: { version: 771 } } }, { tls: "1.2", certificate: null }],
    [
      "a serial that is none",
      { request: { ...REQUEST, tls: { client_serial: "0x1" } } },
      { certificate: null },
    ],
    ["no TLS", { request: { ...REQUEST, tls: undefined } }, { outcome: "accepted", tls: null }],
    ["no TLS and an error", { request: { ...REQUEST, tls: undefined }, status: 403 }, { outcome: "unknown" }],
    ["an upstream that failed", { status: 502 }, { direction: "upstream", outcome: "unknown", peer: null }],
    ["nothing", { request: null, status: undefined }, { outcome: "unknown", peer: null, keys: [] }],
  ])("with %s", (_, fields, expected) => {
    expect(seen(json({ ...access, ...fields }))).toMatchObject(expected);
  });

  test("whose host is not the name asked for has an error line, too", () => {
    const msg =
      "strict host matching: TLS ServerName (till.example) and HTTP Host (depot.example) values differ";
    expect(seen(json({ logger: "http.log.error", msg, request: REQUEST, status: 421 }))).toMatchObject({
      direction: "inbound",
      outcome: "refused",
      finding: { reason: "misdirected" },
      keys: ["peer 10.8.0.7:50112"],
    });
  });
});

describe("an upstream", () => {
  const roundTrip = {
    logger: "http.handlers.reverse_proxy",
    msg: "upstream roundtrip",
    upstream: "10.8.0.9:9443",
    request: REQUEST,
  };

  test.each<[string, object]>([
    ["remote error: tls: revoked certificate", { kind: "alert-received", alert: 44 }],
    ["remote error: tls: certificate required", { kind: "alert-received", alert: 116 }],
    [`tls: failed to verify certificate: ${EXPIRED}`, { kind: "verify", error: 10 }],
    [EXPIRED, { kind: "verify", error: 10 }],
    ["tls: first record does not look like a TLS handshake", { reason: "not-tls" }],
    ["dial tcp 10.8.0.9:9443: connect: connection refused", { reason: "unreachable" }],
  ])("%s", (error, finding) => {
    const expected = {
      direction: "upstream",
      outcome: "refused",
      finding,
      keys: ["peer 10.8.0.7:50112"],
      quote: error,
    };
    expect(seen(json({ ...roundTrip, error }))).toMatchObject({ ...expected, upstream: "10.8.0.9:9443" });
    const inErrors = json({
      level: "error",
      logger: "http.log.error",
      msg: error,
      request: REQUEST,
      status: 502,
    });
    expect(seen(inErrors)).toMatchObject({ ...expected, status: 502, certificate: null, tls: null });
  });

  test("that answered was accepted", () => {
    const parsed = json({ ...roundTrip, status: 200, headers: {} });
    expect(seen(parsed)).toMatchObject({
      direction: "upstream",
      outcome: "accepted",
      upstream: "10.8.0.9:9443",
      peer: null,
      certificate: null,
    });
  });

  test("with another name has the names that it has", () => {
    const error = "x509: certificate is valid for depot.example, 10.8.0.8, not till.example";
    expect(seen(json({ ...roundTrip, error }))).toMatchObject({
      finding: { reason: "name-mismatch" },
      certificate: { role: "leaf", names: ["dns:depot.example", "dns:10.8.0.8"] },
    });
  });

  test("whose health check fails", () => {
    const parsed = json({
      level: "info",
      logger: "http.handlers.reverse_proxy.health_checker.active",
      msg: "HTTP request failed",
      host: "10.8.0.9:9443",
      error:
        'Get "https://10.8.0.9:9443/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    });
    expect(seen(parsed)).toMatchObject({
      direction: "upstream",
      upstream: "10.8.0.9:9443",
      finding: { error: 20 },
    });
  });
});

describe("what is no observation", () => {
  test.each<[string, object]>([
    ["a start", { level: "info", msg: "using provided configuration", config_file: "/etc/caddy/Caddyfile" }],
    ["an event", { logger: "events", msg: "event", name: "tls_get_certificate" }],
    ["a client that gave up", { logger: "http.log.error", msg: "context canceled", status: 499 }],
    [
      "a handshake line without its reason",
      { logger: "http.stdlib", msg: "http: TLS handshake error from 10.8.0.7" },
    ],
  ])("%s is one of Caddy's", (_, fields) => {
    expect(json(fields)).toEqual({ kind: "other" });
  });

  test.each([
    "",
    "{",
    "{}",
    "[]",
    "null",
    '{"level":"debug","msg":"no time"}',
    JSON.stringify({ level: "debug", ts: TS, msg: REFUSED }).slice(0, -9),
    "2026-04-09T07:31:04.250Z\tdebug\tenvoy connection\t[C31] TLS error: 1",
    `2026/04/09 07:31:04 [error] 12#12: *7 ${REFUSED}EOF`,
    `{"a":${"[".repeat(10_000)}`,
    `${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`,
    "\0\x1b[2J\uFFFD",
  ])("%j is not understood", (line) => {
    expect(parse(line)).toEqual({ kind: "not-understood" });
  });
});

const SAMPLES = [
  JSON.stringify({ level: "debug", ts: TS, logger: "http.stdlib", msg: `${REFUSED}tls: x: ${EXPIRED}` }),
  `2026/04/09 07:31:04.250\tDEBUG\thttp.stdlib\t${REFUSED}remote error: tls: bad certificate`,
  JSON.stringify({
    level: "info",
    ts: TS,
    logger: "http.log.access",
    msg: "handled request",
    request: REQUEST,
    status: 200,
  }),
  JSON.stringify({
    level: "error",
    ts: TS,
    logger: "http.log.error",
    msg: EXPIRED,
    request: REQUEST,
    status: 502,
  }),
];

test("whatever is left of a line, it is read or not, and nothing is thrown", () => {
  fc.assert(
    fc.property(mutatedLine(SAMPLES), (line) => {
      expect(parse(line).kind).toMatch(/^(observation|other|not-understood)$/);
      expect(seen(parse(line))?.quote.length ?? 0).toBeLessThanOrEqual(300);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each<[string, string, string]>([
  ["a message", `2026/04/09 07:31:04.250\tDEBUG\thttp.stdlib\t${REFUSED}`, "x509: a {b "],
  ["blanks", "2026/04/09 07:31:04.250\tDEBUG\t", " \t"],
  ["escapes", "2026/04/09 07:31:04.250\t", "\x1b[1;"],
  ["braces", '{"level":"debug","ts":1,"msg":', '{"a":'],
  ["dates", `2026/04/09 07:31:04.250\tDEBUG\thttp.stdlib\t${REFUSED}`, ": current time 1 is after "],
])("a long line takes no longer per byte than a short one: %s", (_, head, part) => {
  expect(slowdown(parse, head, part)).toBeLessThan(SLOWDOWN_MAX);
});
