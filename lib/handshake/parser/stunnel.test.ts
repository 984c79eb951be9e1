import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import type { Observation, Reason } from "#lib/handshake/observation.ts";
import { parseStunnel } from "./stunnel.ts";

const CONTEXT = { receivedAt: Date.parse("2027-05-11T08:00:00Z") };
const AT = Date.parse("2027-05-11T07:42:19Z");

const parse = (line: string) => parseStunnel(line, CONTEXT);
const line = (message: string, level = 3) => `2027.05.11 07:42:19 LOG${level}[17]: ${message}`;

function seen(text: string): Observation {
  const parsed = parse(text);
  if (parsed.kind !== "observation") throw new TypeError(`${parsed.kind}: ${text}`);
  return parsed.observation;
}

test("what stunnel says of a client's certificate it says of a server's, until another line tells", () => {
  const said = (message: string) => seen(line(message)).directionAssumed;
  expect(said("CERT: Pre-verification error: certificate has expired")).toBe(true);
  expect(said("Rejected by CERT at depth=0: CN=loom")).toBe(true);
  expect(said("VERIFY ERROR: depth=0, error=certificate has expired: /CN=loom")).toBe(true);
  expect(
    said("SSL_accept: ssl/x.c:1: error:0A000086:SSL routines::certificate verify failed"),
  ).toBeUndefined();
  expect(
    said("SSL_connect: ssl/x.c:1: error:0A000086:SSL routines::certificate verify failed"),
  ).toBeUndefined();
});

test("the first line of a connection says the service and the client", () => {
  const expected = {
    proxy: "stunnel",
    log: "error",
    at: AT,
    zone: "assumed",
    keys: ["thread 17", "peer 198.51.100.23:49284"],
    peer: { address: "198.51.100.23", port: 49_284 },
    direction: "inbound",
    outcome: "unknown",
    finding: null,
    certificate: null,
    serverName: null,
    listener: "ledger-db",
    upstream: null,
    tls: null,
    status: null,
  };
  const message = "Service [ledger-db] accepted connection from 198.51.100.23:49284";
  expect(seen(line(message, 5))).toEqual({ ...expected, quote: message });
  expect(seen(line("Service ledger-db accepted connection from 198.51.100.23:49284"))).toMatchObject(
    expected,
  );
  expect(seen(line("ledger-db accepted connection from 198.51.100.23:49284"))).toMatchObject(expected);
  expect(seen(line("Service [ledger-db] accepted connection from [2001:db8::7]:1030"))).toMatchObject({
    peer: { address: "2001:db8::7", port: 1_030 },
  });
});

describe("a certificate that is refused", () => {
  test.each<[string, number | null, string]>([
    ["CERT: Pre-verification error: certificate has expired", 10, "certificate has expired"],
    ["CERT: Pre-verification error: CRL has expired", 12, "CRL has expired"],
    ["CERT: Pre-verification error: self-signed certificate", 18, "self-signed certificate"],
    [
      "CERT: Verification error: self signed certificate in certificate chain",
      19,
      "self signed certificate in certificate chain",
    ],
    [
      "CERT: Verification error: unable to get local issuer certificate",
      20,
      "unable to get local issuer certificate",
    ],
    ["CERT: Pre-verification error: EE certificate key too weak", 66, "EE certificate key too weak"],
    [
      "CERT: Certificate not found in local repository",
      null,
      "CERT: Certificate not found in local repository",
    ],
    [
      "SSL_accept: ../ssl/statem/statem_srvr.c:3530: error:0A000086:SSL routines::certificate verify failed",
      null,
      "",
    ],
    [
      "SSL_accept: 1417C086: error:1417C086:SSL routines:tls_process_client_certificate:certificate verify failed",
      null,
      "",
    ],
  ])("%s", (message, error, words) => {
    expect(seen(line(message, 4))).toMatchObject({
      direction: "inbound",
      outcome: "refused",
      finding: { kind: "verify", error, depth: null, which: "first", words },
      keys: ["thread 17"],
      certificate: null,
    });
  });

  test.each<[string, number, string, "leaf" | "failing"]>([
    [
      'Rejected by CERT at depth=0: CN="loom, \\"red\\"", O=Hazel Mill',
      0,
      'CN="loom, \\"red\\"", O=Hazel Mill',
      "leaf",
    ],
    [
      "Rejected by CERT at depth=2: C=IE, O=Hazel Mill, CN=Hazel Root",
      2,
      "C=IE, O=Hazel Mill, CN=Hazel Root",
      "failing",
    ],
    ["Certificate check failed: depth=1, /C=IE/CN=Hazel Sub", 1, "/C=IE/CN=Hazel Sub", "failing"],
  ])("which one: %s", (message, depth, subject, role) => {
    expect(seen(line(message, 4))).toMatchObject({
      outcome: "refused",
      finding: { kind: "verify", error: null, depth },
      certificate: { role, subject, issuer: null, serial: null },
      quote: message,
    });
  });

  test("version 4 says all in one line", () => {
    const message =
      "VERIFY ERROR: depth=1, error=certificate is not yet valid: /C=IE/O=Hazel Mill/CN=Hazel Sub";
    expect(seen(line(message, 4))).toMatchObject({
      outcome: "refused",
      finding: { kind: "verify", error: 9, depth: 1, words: "certificate is not yet valid" },
      certificate: { role: "failing", subject: "/C=IE/O=Hazel Mill/CN=Hazel Sub" },
    });
  });

  test("a name is looked for in a server's certificate", () => {
    expect(seen(line("CERT: Subject checks failed", 4))).toMatchObject({
      direction: "upstream",
      outcome: "refused",
      finding: { reason: "name-mismatch" },
    });
  });
});

describe("a handshake that fails otherwise", () => {
  test.each<[string, Reason]>([
    [
      "SSL_accept: ../ssl/statem/statem_srvr.c:3517: error:0A0000C7:SSL routines::peer did not return a certificate",
      "certificate-absent",
    ],
    [
      "SSL_accept: 140890C7: error:140890C7:SSL routines:SSL3_GET_CLIENT_CERTIFICATE:peer did not return a certificate",
      "certificate-absent",
    ],
    [
      "SSL_accept: ../ssl/statem/statem_srvr.c:2226: error:0A0000C1:SSL routines::no shared cipher",
      "no-shared-cipher",
    ],
    ["SSL_accept: ../ssl/record/ssl3_record.c:341: error:0A00009C:SSL routines::http request", "plain-http"],
    [
      "SSL_accept: ../ssl/record/ssl3_record.c:350: error:0A00010B:SSL routines::wrong version number",
      "not-tls",
    ],
    [
      "SSL_accept: ../ssl/record/rec_layer_s3.c:318: error:0A000126:SSL routines::unexpected eof while reading",
      "closed",
    ],
    ["SSL_accept: Peer suddenly disconnected", "closed"],
    ["SSL_accept: Connection reset by peer (104)", "reset"],
    ["ssl_start: s_poll_wait: TIMEOUTbusy exceeded: sending reset", "timed-out"],
  ])("of a client: %s", (message, reason) => {
    expect(seen(line(message))).toMatchObject({
      direction: "inbound",
      outcome: "refused",
      finding: { kind: "reason", reason },
    });
  });

  test.each<[string, "inbound" | "upstream", object]>([
    [
      "SSL_accept: ../ssl/record/rec_layer_s3.c:1602: error:0A000418:SSL routines::tlsv1 alert unknown ca",
      "inbound",
      { alert: 48 },
    ],
    [
      "SSL_accept: 14094415: error:14094415:SSL routines:ssl3_read_bytes:sslv3 alert certificate expired",
      "inbound",
      { alert: 45 },
    ],
    [
      "SSL_connect: ../ssl/record/rec_layer_s3.c:1602: error:0A000414:SSL routines::sslv3 alert certificate revoked",
      "upstream",
      { alert: 44 },
    ],
    // With TLS 1.3 a server's refusal comes when the handshake is over.
    [
      "SSL_read: ../ssl/record/rec_layer_s3.c:1602: error:0A00045C:SSL routines::tlsv13 alert certificate required",
      "upstream",
      { alert: 116 },
    ],
    [
      "SSL_connect: ../ssl/record/ssl3_record.c:350: error:0A00010B:SSL routines::wrong version number",
      "upstream",
      { reason: "not-tls" },
    ],
    [
      "SSL_connect: ../ssl/statem/statem_clnt.c:1889: error:0A000086:SSL routines::certificate verify failed",
      "upstream",
      { kind: "verify", error: null },
    ],
    ["No more addresses to connect", "upstream", { reason: "unreachable" }],
  ])("in its direction: %s", (message, direction, finding) => {
    expect(seen(line(message))).toMatchObject({ direction, outcome: "refused", finding });
  });

  test("a name that is not served is no fault: the service without one is taken", () => {
    expect(seen(line("SNI: no pattern matched servername: loom.hazel.example"))).toMatchObject({
      outcome: "unknown",
      finding: null,
      serverName: "loom.hazel.example",
    });
  });

  test.each([
    "s_connect: connected 203.0.113.9:8889",
    "s_connect: connect 203.0.113.9:8889: Connection refused (111)",
    "s_connect: s_poll_wait 203.0.113.9:8889: TIMEOUTconnect exceeded",
  ])("an address may be that of an OCSP responder: %s", (message) => {
    expect(seen(line(message))).toMatchObject({
      directionAssumed: true,
      outcome: "unknown",
      finding: null,
      upstream: "203.0.113.9:8889",
    });
  });

  test("a text of OpenSSL that is not known is a refusal without a reason", () => {
    expect(seen(line("SSL_accept: ../ssl/x.c:1: error:0A0003E7:SSL routines::words to come"))).toMatchObject({
      outcome: "refused",
      finding: null,
    });
  });
});

describe("OCSP", () => {
  test.each<[string, Observation["outcome"], object]>([
    ["Rejected by OCSP at depth=0: CN=loom, O=Hazel Mill", "refused", { reason: "ocsp-unavailable" }],
    ["OCSP: Status: revoked", "unknown", { kind: "verify", error: 23 }],
    ["OCSP: Certificate revoked: 1: keyCompromise", "unknown", { kind: "verify", error: 23 }],
    [
      "OCSP: OCSP_basic_verify: ../crypto/ocsp/ocsp_vfy.c:64: error:13800065:OCSP routines::certificate verify error",
      "unknown",
      { reason: "ocsp-untrusted" },
    ],
    ["OCSP: Responder error: 6: unauthorized", "unknown", { reason: "ocsp-unavailable" }],
    [
      "OCSP: OCSP_check_validity: ../crypto/ocsp/ocsp_cl.c:1: error:1380007D:OCSP routines::status expired",
      "unknown",
      { reason: "ocsp-unavailable" },
    ],
  ])("%s", (message, outcome, finding) => {
    expect(seen(line(message))).toMatchObject({ direction: "inbound", outcome, finding });
  });

  test.each([
    'OCSP: Connecting the configured responder "http://203.0.113.9:8889/"',
    "OCSP: Status: good",
    "OCSP: Certificate accepted",
  ])("%s says nothing of a fault", (message) => {
    expect(parse(line(message, 5))).toEqual({ kind: "other" });
  });
});

describe("how a connection ends", () => {
  test.each<[string, object]>([
    [
      "Connection closed: 2050 byte(s) sent to TLS, 18 byte(s) sent to socket",
      { outcome: "accepted", finding: null },
    ],
    [
      "Connection reset: 2050 bytes sent to SSL, 18 bytes sent to socket",
      { outcome: "accepted", finding: null },
    ],
    [
      "Connection closed: 0 byte(s) sent to TLS, 0 byte(s) sent to socket",
      { outcome: "unknown", finding: { reason: "closed" } },
    ],
    [
      "Connection reset: 0 byte(s) sent to TLS, 0 byte(s) sent to socket",
      { outcome: "unknown", finding: { reason: "not-said" } },
    ],
    [
      "Connection reset/closed: 0 byte(s) sent to TLS, 0 byte(s) sent to socket",
      { outcome: "unknown", finding: { reason: "not-said" } },
    ],
    ["TLS accepted: new session negotiated", { direction: "inbound", outcome: "accepted" }],
    ["SSL connected: previous session reused", { direction: "upstream", outcome: "accepted" }],
    [
      "Certificate accepted at depth=0: O=Hazel Mill, CN=loom",
      { outcome: "unknown", certificate: { role: "leaf", subject: "O=Hazel Mill, CN=loom" } },
    ],
  ])("%s", (message, expected) => {
    expect(seen(line(message, 5))).toMatchObject(expected);
  });
});

test.each([
  line("Connection closed/reset: 79 byte(s) sent to TLS, 0 byte(s) sent to socket", 5),
  line("Certificate accepted at depth=1: CN=Hazel Root", 6),
  line("CERT: Pre-verification error ignored: unable to get local issuer certificate", 6),
  line("TLS alert (read): fatal: unknown CA", 7),
  line("Service [ledger-db] connected remote server from 192.0.2.1:40304", 5),
  line("transfer: s_poll_wait: TIMEOUTidle exceeded: sending reset"),
  "2027.05.11 07:42:19 LOG5[ui]: stunnel 5.74 on x86_64-pc-linux-gnu platform",
  "2027.05.11 07:42:19 LOG3[main]: SSL_CTX_use_PrivateKey: error:0A000074:SSL routines::x",
])("about something else: %s", (text) => {
  expect(parse(text)).toEqual({ kind: "other" });
});

describe("threads begin again with each start, so the process is kept where it is said", () => {
  const message = "Service [ledger-db] accepted connection from 198.51.100.23:49284";

  test.each<[string, string, string, string]>([
    ["version 4", `2027.05.11 07:42:19 LOG5[1788:140221]: ${message}`, "thread 1788:140221", "assumed"],
    ["syslog", `<29>May 11 07:42:19 gate-2 stunnel: LOG5[17]: ${message}`, "thread 17", "assumed"],
    [
      "syslog with its process",
      `<29>May 11 07:42:19 gate-2 stunnel[1788]: LOG5[17]: ${message}`,
      "thread 1788:17",
      "assumed",
    ],
    [
      "syslog under another name",
      `May 11 07:42:19 gate-2 ledger-tls[1788]: LOG5[17]: ${message}`,
      "thread 1788:17",
      "assumed",
    ],
    [
      "syslog of version 4",
      `<29>May 11 07:42:19 gate-2 stunnel: LOG5[1788:140221]: ${message}`,
      "thread 1788:140221",
      "assumed",
    ],
    [
      "RFC 5424",
      `<29>1 2027-05-11T09:42:19+02:00 gate-2 stunnel 1788 - - LOG5[17]: ${message}`,
      "thread 1788:17",
      "said",
    ],
    [
      "rsyslog's file",
      `2027-05-11T07:42:19.000000+00:00 gate-2 stunnel[1788]: LOG5[17]: ${message}`,
      "thread 1788:17",
      "said",
    ],
  ])("%s", (_, text, key, zone) => {
    expect(seen(text)).toMatchObject({
      at: AT,
      zone,
      keys: [key, "peer 198.51.100.23:49284"],
      listener: "ledger-db",
      quote: message,
    });
  });
});

test.each([
  "",
  "hello",
  "2027.05.11 07:42:19 LOG5[17",
  "2027.05.11 07:42:19 LOG9[17]: x",
  "<29>May 11 07:42:19 gate-2 sshd[1788]: Accepted publickey for root",
  "2027/05/11 07:42:19 [info] 88#88: *31 handshake rejected while SSL handshaking",
])("not understood: %j", (text) => {
  expect(parse(text)).toEqual({ kind: "not-understood" });
});

const SAMPLES = [
  line("Service [ledger-db] accepted connection from 198.51.100.23:49284"),
  line('Rejected by CERT at depth=0: CN="loom, \\"red\\"", O=Hazel Mill'),
  line(
    "SSL_accept: ../ssl/statem/statem_srvr.c:3530: error:0A000086:SSL routines::certificate verify failed",
  ),
  line("VERIFY ERROR: depth=1, error=certificate is not yet valid: /C=IE/O=Hazel Mill/CN=Hazel Sub"),
  `<29>1 2027-05-11T09:42:19+02:00 gate-2 stunnel 1788 - - ${line("CERT: Subject checks failed").slice(20)}`,
  line("Connection closed: 2050 byte(s) sent to TLS, 18 byte(s) sent to socket"),
];

test("whatever is left of a line, it is read or not, and nothing is thrown", () => {
  fc.assert(
    fc.property(mutatedLine(SAMPLES), (text) => {
      const parsed = parse(text);
      expect(parsed.kind).toMatch(/^(observation|other|not-understood)$/);
      if (parsed.kind === "observation") expect(parsed.observation.quote.length).toBeLessThanOrEqual(300);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each<[string, string, string]>([
  ["a service", line("Service [a"), "] accepted connection from "],
  ["a name", line("Rejected by CERT at "), "depth=0"],
  ["an old name", line("VERIFY ERROR: depth=0, error="), ": /"],
  ["errors", line("SSL_accept: "), "error:0A000001:"],
  ["a server's name", line("SNI: no pattern matched servername: "), "a "],
  ["blanks", line(""), " "],
  ["syslog", "<29>1 - - - - - ", '[a b="'],
])("a long line takes no longer per byte than a short one: %s", (_, head, part) => {
  expect(slowdown(parse, head, part)).toBeLessThan(SLOWDOWN_MAX);
});
