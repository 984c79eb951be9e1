import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import type { Observation } from "#lib/handshake/observation.ts";
import { parseNginx } from "./nginx.ts";
import { parseNginxStream } from "./nginx-stream.ts";

const CONTEXT = { receivedAt: Date.parse("2027-05-11T08:00:00Z") };
const AT = Date.parse("2027-05-11T07:42:19Z");

const parse = (line: string) => parseNginxStream(line, CONTEXT);

function seen(line: string, read: typeof parseNginx = parseNginxStream): Observation {
  const parsed = read(line, CONTEXT);
  if (parsed.kind !== "observation") throw new TypeError(`${parsed.kind}: ${line}`);
  return parsed.observation;
}

const HEAD = "2027/05/11 07:42:19 [info] 88#88: *31 ";
const INBOUND = " while SSL handshaking, client: 198.51.100.23, server: 0.0.0.0:6432";
const UPSTREAM =
  ' while SSL handshaking to upstream, client: 198.51.100.23, server: 0.0.0.0:6432, upstream: "203.0.113.40:5433", bytes from/to client:0/0, bytes from/to upstream:0/0';

describe("the error log", () => {
  test("says who connected, which no other line does", () => {
    expect(seen(`${HEAD}client 198.51.100.23:50771 connected to 0.0.0.0:6432`)).toMatchObject({
      proxy: "nginx-stream",
      outcome: "unknown",
      finding: null,
      keys: ["connection 31", "peer 198.51.100.23:50771"],
      peer: { address: "198.51.100.23", port: 50_771 },
      listener: "0.0.0.0:6432",
    });
  });

  test.each<[string, object]>([
    [
      "client SSL certificate verify error: (23:certificate revoked)",
      { kind: "verify", error: 23, which: "last" },
    ],
    ["client sent no required SSL certificate", { kind: "reason", reason: "certificate-absent" }],
    [
      "SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48)",
      { kind: "alert-received", alert: 48 },
    ],
    [
      "SSL_do_handshake() failed (SSL: error:0A00009C:SSL routines::http request)",
      { kind: "reason", reason: "plain-http" },
    ],
    ["peer closed connection in SSL handshake", { kind: "reason", reason: "closed" }],
  ])("of a client: %s", (said, finding) => {
    expect(seen(HEAD + said + INBOUND)).toMatchObject({
      proxy: "nginx-stream",
      at: AT,
      direction: "inbound",
      outcome: "refused",
      finding,
      peer: { address: "198.51.100.23", port: null },
      listener: "0.0.0.0:6432",
    });
  });

  test.each<[string, object]>([
    [
      "upstream SSL certificate verify error: (21:unable to verify the first certificate)",
      { kind: "verify", error: 21, which: "first" },
    ],
    [
      'upstream SSL certificate does not match "db.juniper.example"',
      { reason: "name-mismatch", words: "db.juniper.example" },
    ],
    [
      "SSL_do_handshake() failed (SSL: error:0A000415:SSL routines::sslv3 alert certificate expired:SSL alert number 45)",
      { kind: "alert-received", alert: 45 },
    ],
  ])("of an upstream: %s", (said, finding) => {
    expect(seen(HEAD + said + UPSTREAM)).toMatchObject({
      proxy: "nginx-stream",
      direction: "upstream",
      outcome: "refused",
      finding,
      peer: null,
      upstream: "203.0.113.40:5433",
    });
  });

  test.each(["connect() failed (111: Connection refused)", "upstream timed out (110: Connection timed out)"])(
    "of an upstream that cannot be reached, it says that it is proxying: %s",
    (said) => {
      const tail = UPSTREAM.replace("SSL handshaking to upstream", "proxying connection");
      expect(seen(HEAD.replace("info", "error") + said + tail)).toMatchObject({
        direction: "upstream",
        outcome: "refused",
        finding: { reason: "unreachable" },
      });
    },
  );

  test("has at its default level only this of a certificate that was refused, and not always", () => {
    const said =
      "SSL_shutdown() failed (SSL: error:0A000123:SSL routines::application data after close notify)";
    const line = HEAD.replace("info", "crit") + said + INBOUND;
    for (const read of [parseNginx, parseNginxStream]) {
      expect(seen(line, read)).toMatchObject({
        proxy: "nginx-stream",
        outcome: "unknown",
        finding: { kind: "reason", reason: "not-said" },
      });
    }
  });

  test("is recognised where HTTP writes to the same one, and the other way round", () => {
    const certificate = "client SSL certificate verify error: (10:certificate has expired)";
    expect(seen(HEAD + certificate + INBOUND, parseNginx).proxy).toBe("nginx-stream");
    expect(seen(HEAD + certificate + UPSTREAM, parseNginx).proxy).toBe("nginx-stream");
    const http = `${HEAD}${certificate} while reading client request headers, client: 198.51.100.23, server: a.juniper.example, request: "GET / HTTP/1.1"`;
    expect(seen(http).proxy).toBe("nginx");
  });

  test.each([
    `${HEAD}proxy 203.0.113.1:50000 connected to 203.0.113.40:5433`,
    `${HEAD}upstream disconnected, bytes from/to client:18/2434, bytes from/to upstream:2434/18`,
    `${HEAD}client disconnected, bytes from/to client:0/0, bytes from/to upstream:0/0`,
    "2027/05/11 07:42:19 [notice] 80#80: start worker process 88",
  ])("about something else: %s", (line) => {
    expect(parse(line)).toEqual({ kind: "other" });
  });
});

describe("the access log as nginx's documentation has it", () => {
  const line = (rest: string) => `198.51.100.23 [11/May/2027:07:42:19 +0000] ${rest}`;

  test.each<[string, object]>([
    [
      "TCP 200 2434 18 0.009",
      { outcome: "accepted", finding: null, status: 200, peer: { address: "198.51.100.23", port: null } },
    ],
    ["TCP 500 0 0 0.004", { outcome: "refused", finding: { reason: "not-said" }, quote: "TCP 500" }],
    ["TCP 403 0 0 0.000", { outcome: "unknown", finding: null }],
    [
      'TCP 502 0 0 0.002 "203.0.113.40:5433" "0" "0" "0.001"',
      { direction: "upstream", outcome: "unknown", upstream: "203.0.113.40:5433", peer: null },
    ],
    [
      'TCP 500 0 0 0.004 "FAILED:certificate has expired"',
      { outcome: "refused", finding: { error: 10, which: "last" }, quote: "FAILED:certificate has expired" },
    ],
    ["TCP 500 0 0 0.004 verify=SUCCESS", { outcome: "refused", finding: { reason: "not-said" } }],
    ['TCP 500 0 0 0.004 "NONE"', { outcome: "refused", finding: { reason: "not-said" } }],
  ])("%s", (rest, expected) => {
    expect(seen(line(rest))).toMatchObject({
      proxy: "nginx-stream",
      log: "access",
      at: AT,
      zone: "said",
      ...expected,
    });
  });
});

describe("the access log in JSON", () => {
  const json = (fields: object) =>
    JSON.stringify({
      time: "2027-05-11T07:42:19+00:00",
      connection: "31",
      remote_addr: "198.51.100.23",
      remote_port: "50771",
      server_port: "6432",
      protocol: "TCP",
      status: 500,
      session_time: "0.004",
      ssl_protocol: "TLSv1.2",
      ssl_cipher: "ECDHE-ECDSA-AES256-GCM-SHA384",
      ssl_client_verify: "NONE",
      ssl_client_s_dn: "",
      ssl_client_serial: "",
      upstream_addr: "",
      ...fields,
    });

  test.each<[string, object, object]>([
    ["no certificate", {}, { outcome: "refused", finding: { reason: "certificate-absent" }, tls: "1.2" }],
    [
      "not yet its turn",
      { ssl_cipher: "(NONE)" },
      { outcome: "refused", finding: { reason: "not-said" }, tls: null },
    ],
    [
      "TLS 1.3, which does not tell",
      { ssl_protocol: "TLSv1.3" },
      { outcome: "refused", finding: { reason: "not-said" }, tls: "1.3" },
    ],
    [
      "a format without the cipher",
      { ssl_cipher: undefined },
      { outcome: "refused", finding: { reason: "not-said" } },
    ],
    [
      "a bad one",
      {
        ssl_client_verify: "FAILED:unable to get local issuer certificate",
        ssl_client_s_dn: "CN=loom,O=Hazel",
        ssl_client_serial: "0B",
      },
      {
        outcome: "refused",
        finding: { kind: "verify", error: 20 },
        certificate: { subject: "CN=loom,O=Hazel", serial: "b" },
      },
    ],
    // The signature is checked after the certificate.
    [
      "a good one of somebody else",
      { ssl_client_verify: "SUCCESS" },
      { outcome: "refused", finding: { reason: "not-said" } },
    ],
    ["a session", { ssl_client_verify: "SUCCESS", status: 200 }, { outcome: "accepted", finding: null }],
    ["a session without a certificate", { status: 200 }, { outcome: "accepted", finding: null }],
    [
      "an upstream that failed",
      { status: 502, upstream_addr: "203.0.113.40:5433" },
      { direction: "upstream", outcome: "unknown", upstream: "203.0.113.40:5433" },
    ],
  ])("%s", (_, fields, expected) => {
    for (const read of [parseNginxStream, parseNginx]) {
      expect(seen(json(fields), read)).toMatchObject({
        proxy: "nginx-stream",
        keys: ["connection 31", "peer 198.51.100.23:50771"],
        listener: ":6432",
        ...expected,
      });
    }
  });
});

const SAMPLES = [
  `${HEAD}client SSL certificate verify error: (23:certificate revoked)${INBOUND}`,
  `${HEAD}client 198.51.100.23:50771 connected to 0.0.0.0:6432`,
  `${HEAD}upstream SSL certificate does not match "a"${UPSTREAM}`,
  '198.51.100.23 [11/May/2027:07:42:19 +0000] TCP 500 0 0 0.004 "FAILED:certificate has expired" "203.0.113.40:5433"',
];

test("whatever is left of a line, it is read or not, and nothing is thrown", () => {
  fc.assert(
    fc.property(mutatedLine(SAMPLES), (line) => {
      const parsed = parse(line);
      expect(parsed.kind).toMatch(/^(observation|other|not-understood)$/);
      if (parsed.kind === "observation") expect(parsed.observation.quote.length).toBeLessThanOrEqual(300);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each<[string, string, string]>([
  ["a client", `${HEAD}client `, "1.2.3.4:5 connected to "],
  ["a session", "198.51.100.23 [11/May/2027:07:42:19 +0000] TCP 500 ", '"FAILED:'],
  ["upstreams", "198.51.100.23 [11/May/2027:07:42:19 +0000] TCP 500 ", '"1.2.3.4:'],
])("a long line takes no longer per byte than a short one: %s", (_, head, part) => {
  expect(slowdown(parse, head, part)).toBeLessThan(SLOWDOWN_MAX);
});
