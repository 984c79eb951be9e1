import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import type { Observation } from "#lib/handshake/observation.ts";
import { parseTraefik } from "./traefik.ts";

const CONTEXT = { receivedAt: Date.parse("2026-04-09T08:00:00Z") };
const TIME = "2026-04-09T07:31:04Z";
const AT = Date.parse(TIME);

const parse = (line: string) => parseTraefik(line, CONTEXT);
const seen = (line: string): Observation | null => {
  const parsed = parse(line);
  return parsed.kind === "observation" ? parsed.observation : null;
};

const REFUSED = "http: TLS handshake error from 10.8.0.7:50112: ";
const UNKNOWN = "x509: certificate signed by unknown authority";

describe("a client that was refused", () => {
  const message = `${REFUSED}tls: failed to verify certificate: ${UNKNOWN}`;
  const expected = {
    proxy: "traefik",
    log: "error",
    zone: "said",
    keys: ["peer 10.8.0.7:50112"],
    peer: { address: "10.8.0.7", port: 50_112 },
    direction: "inbound",
    outcome: "refused",
    finding: { kind: "verify", error: 20 },
    quote: `tls: failed to verify certificate: ${UNKNOWN}`,
  };

  test.each<[string, string]>([
    ["version 3", `${TIME} DBG log/log.go:245 > ${message}`],
    ["version 3, without the place in its source", `${TIME} DBG ${message}`],
    [
      "version 3, coloured",
      `\x1b[90m${TIME}\x1b[0m \x1b[33mDBG\x1b[0m \x1b[1mlog/log.go:245\x1b[0m\x1b[36m >\x1b[0m ${message}`,
    ],
    ["version 3, JSON", JSON.stringify({ level: "debug", time: TIME, caller: "log/log.go:245", message })],
    ["version 2", `time="${TIME}" level=debug msg="${message}"`],
    ["version 2, JSON", JSON.stringify({ level: "debug", msg: message, time: TIME })],
    ["version 2, in another zone", `time="2026-04-09T09:31:04+02:00" level=debug msg="${message}"`],
    ["version 1", `DEBU[${TIME}] ${message}`],
    [
      "Kubernetes, which has the time",
      `2026-04-09T07:31:04.000000001Z stderr F DBG log/log.go:245 > ${message}`,
    ],
    ["Docker Compose", `traefik-1  | ${TIME} DBG log/log.go:245 > ${message}`],
  ])("%s", (_, line) => {
    expect(seen(line)).toMatchObject({ ...expected, at: AT });
  });

  test.each([`DBG log/log.go:245 > ${message}`, message])("without a time: %s", (line) => {
    expect(seen(line)).toMatchObject({ ...expected, at: null, zone: "assumed" });
  });

  test.each<[string, object]>([
    ["remote error: tls: bad certificate", { kind: "alert-received", alert: 42 }],
    ["tls: client didn't provide a certificate", { reason: "certificate-absent" }],
    [
      "tls: client offered only unsupported versions: []",
      { reason: "protocol-version", words: "client offered only unsupported versions: []" },
    ],
    ["EOF", { reason: "closed" }],
    ["tls: quite new", { reason: "not-said" }],
  ])("%s", (said, finding) => {
    expect(seen(`${TIME} DBG log/log.go:245 > ${REFUSED}${said}`)).toMatchObject({ finding, quote: said });
  });

  test.each<[string, string]>([
    [
      "version 2",
      `time="${TIME}" level=debug msg="${REFUSED}strict SNI enabled - No certificate found for domain: \\"depot.example\\", closing connection"`,
    ],
    [
      "version 3",
      `${TIME} DBG log/log.go:245 > ${REFUSED}strict SNI enabled - No certificate found for domain: "depot.example", closing connection`,
    ],
  ])("for a name that is not served: %s", (_, line) => {
    expect(seen(line)).toMatchObject({ finding: { reason: "server-name" }, serverName: "depot.example" });
  });

  test("on the entry point that is among the fields", () => {
    expect(seen(`time="${TIME}" level=debug msg="${REFUSED}EOF" entryPointName=websecure`)?.listener).toBe(
      "websecure",
    );
  });
});

describe("an upstream", () => {
  const place = "github.com/traefik/traefik/v3/pkg/proxy/httputil/proxy.go:117";
  const expected = { log: "error", direction: "upstream", outcome: "refused", peer: null };

  test.each<[string, string, object]>([
    [
      "version 3",
      `${TIME} DBG ${place} > 500 Internal Server Error error="tls: failed to verify certificate: ${UNKNOWN}"`,
      { error: 20 },
    ],
    [
      "version 3, JSON",
      JSON.stringify({
        level: "debug",
        error: "remote error: tls: bad certificate",
        time: TIME,
        caller: place,
        message: "502 Bad Gateway",
      }),
      { alert: 42 },
    ],
    [
      "version 2",
      `time="${TIME}" level=debug msg="'502 Bad Gateway' caused by: dial tcp 10.8.0.9:9443: connect: connection refused"`,
      { reason: "unreachable" },
    ],
    [
      "version 2, JSON",
      JSON.stringify({
        level: "debug",
        msg: `'500 Internal Server Error' caused by: ${UNKNOWN}`,
        time: TIME,
      }),
      { error: 20 },
    ],
    [
      "TCP",
      `${TIME} ERR github.com/traefik/traefik/v3/pkg/tcp/proxy.go:43 > Error while dialing backend error="dial tcp 10.8.0.9:9443: i/o timeout"`,
      { reason: "unreachable" },
    ],
    [
      "health check",
      `${TIME} WRN x/healthcheck.go:132 > Health check failed. error="HTTP request failed: Get \\"https://10.8.0.9:9443/\\": remote error: tls: certificate required" targetURL=https://10.8.0.9:9443`,
      { alert: 116 },
    ],
  ])("%s", (_, line, finding) => {
    expect(seen(line)).toMatchObject({ ...expected, at: AT, finding });
  });

  test("that was dialled is named", () => {
    const line = `${TIME} DBG ${place} > 502 Bad Gateway error="dial tcp 10.8.0.9:9443: connect: connection refused"`;
    expect(seen(line)).toMatchObject({
      upstream: "10.8.0.9:9443",
      quote: "dial tcp 10.8.0.9:9443: connect: connection refused",
    });
  });

  test("with another name has the names that it has", () => {
    const error =
      "tls: failed to verify certificate: x509: certificate is valid for depot.example, not till.example";
    expect(seen(`${TIME} DBG ${place} > 500 Internal Server Error error="${error}"`)).toMatchObject({
      finding: { reason: "name-mismatch" },
      certificate: { names: ["dns:depot.example"] },
    });
  });
});

describe("a request", () => {
  const fields = {
    ClientAddr: "10.8.0.7:50112",
    ClientHost: "192.0.2.1",
    ClientPort: "50112",
    DownstreamContentSize: 12,
    DownstreamStatus: 200,
    OriginStatus: 200,
    RequestHost: "till.example",
    RouterName: "till@file",
    ServiceURL: "https://10.8.0.9:9443",
    StartUTC: "2026-04-09T07:31:04.25Z",
    TLSCipher: "TLS_AES_128_GCM_SHA256",
    TLSClientSubject: 'CN=kiosk-4.example,O=Quarry\\, "Tills"',
    TLSVersion: "1.3",
    entryPointName: "websecure",
    level: "info",
    msg: "",
    time: TIME,
  };
  const json = (more: object) => seen(JSON.stringify({ ...fields, ...more }));

  test("in JSON has the client's subject", () => {
    expect(json({})).toMatchObject({
      log: "access",
      at: Date.parse("2026-04-09T07:31:04.250Z"),
      direction: "inbound",
      outcome: "accepted",
      peer: { address: "10.8.0.7", port: 50_112 },
      keys: ["peer 10.8.0.7:50112"],
      serverName: "till.example",
      listener: "websecure",
      upstream: "https://10.8.0.9:9443",
      tls: "1.3",
      status: 200,
      certificate: { role: "leaf", subject: 'CN=kiosk-4.example,O=Quarry\\, "Tills"', serial: null },
    });
  });

  test.each<[string, object, object]>([
    ["the wrong host", { DownstreamStatus: 421 }, { outcome: "refused", finding: { reason: "misdirected" } }],
    [
      "an upstream that failed",
      { DownstreamStatus: 502 },
      { direction: "upstream", outcome: "unknown", peer: null },
    ],
    [
      "Traefik's own error",
      { DownstreamStatus: 500, DownstreamContentSize: 21 },
      { direction: "upstream", outcome: "unknown", status: 500 },
    ],
    ["an error of the application", { DownstreamStatus: 500 }, { direction: "inbound", outcome: "accepted" }],
    ["no certificate", { TLSClientSubject: undefined }, { outcome: "accepted", certificate: null }],
    ["no TLS", { TLSVersion: undefined, DownstreamStatus: 404 }, { outcome: "unknown", tls: null }],
    [
      "a URL in parts",
      { ServiceURL: { Scheme: "https", Host: "10.8.0.9:9443" } },
      { upstream: "10.8.0.9:9443" },
    ],
    ["address and port apart", { ClientAddr: undefined }, { peer: { address: "192.0.2.1", port: 50_112 } }],
  ])("in JSON with %s", (_, more, expected) => {
    expect(json(more)).toMatchObject(expected);
  });

  const common = (status: string, agent = '"-"') =>
    `10.8.0.7 - - [09/Apr/2026:07:31:04 +0000] "GET /a?b="c HTTP/2.0" ${status} "-" ${agent} 81 "till@file" "https://10.8.0.9:9443" 7ms`;

  test.each<[string, string, object]>([
    ["an answer", common("200 12"), { outcome: "accepted", status: 200, direction: "inbound" }],
    ["what the client sent in it", common("200 12", '"a" 421 1 "'), { outcome: "accepted", status: 200 }],
    ["an upstream that failed", common("502 11"), { direction: "upstream", outcome: "unknown", status: 502 }],
    ["Traefik's own error", common("500 21"), { direction: "upstream", outcome: "unknown", status: 500 }],
    [
      "an error of the application",
      common("500 4100"),
      { direction: "inbound", outcome: "unknown", status: 500 },
    ],
    ["no answer", common("- -"), { outcome: "unknown", status: null }],
  ])("in the common format with %s", (_, line, expected) => {
    const upstream = "https://10.8.0.9:9443";
    expect(seen(line)).toMatchObject({
      log: "access",
      at: AT,
      zone: "said",
      upstream,
      certificate: null,
      ...expected,
    });
  });
});

describe("what is no observation", () => {
  test.each([
    `time="${TIME}" level=info msg="Starting provider *file.Provider"`,
    `time="${TIME}" level=debug msg="Serving default certificate for request: \\"${REFUSED}\\""`,
    `${TIME} INF github.com/traefik/traefik/v3/cmd/traefik/traefik.go:100 > Traefik version 3.2.0 built on 2026 version=3.2.0`,
    `${TIME} ERR x/acme.go:1 > Unable to obtain ACME certificate for domains error="tls: failed to verify certificate: ${UNKNOWN}"`,
    `time="${TIME}" level=debug msg="'499 Client Closed Request' caused by: context canceled"`,
    JSON.stringify({ level: "info", message: "Traefik version 3.2.0", time: TIME }),
  ])("%s is one of Traefik's", (line) => {
    expect(parse(line)).toEqual({ kind: "other" });
  });

  test.each([
    "",
    "{}",
    `time="${TIME}" level=debug msg="cut`,
    `time="${TIME}" level=debug msg=`.slice(0, -1),
    JSON.stringify({ level: "debug", ts: 1_775_719_864.25, logger: "http.stdlib", msg: `${REFUSED}EOF` }),
    JSON.stringify({ level: "debug", time: TIME, message: REFUSED }).slice(0, -3),
    '10.8.0.7 - - [09/Apr/2026:07:31:04 +0000] "GET / HTTP/2.0" 200 12 "-" "agent"',
    `{"level":${"[".repeat(10_000)}`,
    "\0\x1b[2J\uFFFD",
  ])("%j is not understood", (line) => {
    expect(parse(line)).toEqual({ kind: "not-understood" });
  });
});

const SAMPLES = [
  `${TIME} DBG log/log.go:245 > ${REFUSED}tls: failed to verify certificate: ${UNKNOWN}`,
  `time="${TIME}" level=debug msg="${REFUSED}no certificate for \\"x\\"" entryPointName=websecure`,
  `${TIME} DBG a/proxy.go:117 > 500 Internal Server Error error="tls: failed to verify certificate: ${UNKNOWN}"`,
  '10.8.0.7 - - [09/Apr/2026:07:31:04 +0000] "GET / HTTP/2.0" 200 12 "-" "-" 81 "till@file" "https://10.8.0.9:9443" 7ms',
  JSON.stringify({
    ClientAddr: "10.8.0.7:50112",
    ClientHost: "a",
    DownstreamStatus: 200,
    TLSVersion: "1.3",
    time: TIME,
  }),
];

test("whatever is left of a line, it is read or not, and nothing is thrown", () => {
  fc.assert(
    fc.property(mutatedLine(SAMPLES), (line) => {
      expect(parse(line).kind).toMatch(/^(observation|other|not-understood)$/);
      expect(seen(line)?.quote.length ?? 0).toBeLessThanOrEqual(300);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each<[string, string, string]>([
  ["a message", `${TIME} DBG log/log.go:245 > ${REFUSED}`, "x509: a "],
  ["fields", `time="${TIME}" level=debug msg="x"`, ' a="\\"" b c='],
  ["escapes", `time="${TIME}" level=debug msg="`, '\\"'],
  ["equals signs", `${TIME} DBG a/b.go:1 > `, " error ="],
  ["a path", '10.8.0.7 - - [09/Apr/2026:07:31:04 +0000] "GET /', '" 200 1 "-" "-" 1 "a" "b" 1m HTTP/'],
  ["a colour", "\x1b[", "1;\x1b["],
])("a long line takes no longer per byte than a short one: %s", (_, head, part) => {
  expect(slowdown(parse, head, part)).toBeLessThan(SLOWDOWN_MAX);
});
