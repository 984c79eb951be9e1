import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import type { Finding, Observation, ParsedLine, Reason } from "#lib/handshake/observation.ts";
import { parseHaproxy } from "./haproxy.ts";

const RECEIVED = Date.UTC(2029, 2, 5, 8, 0, 0);
const AT = Date.UTC(2029, 2, 4, 7, 1, 9, 42);
const read = (line: string) => parseHaproxy(line, { receivedAt: RECEIVED });
const HEAD = "198.51.100.9:50211 [04/Mar/2029:07:01:09.042]";
const SYSLOG = "Mar  4 07:01:09 lb-2 haproxy[40]: ";

const verify = (error: number | null, depth: number | null, which: "first" | "last" = "first"): Finding =>
  expect.objectContaining({ kind: "verify", error, depth, which });
const reason = (which: Reason): Finding => expect.objectContaining({ kind: "reason", reason: which });
const alert = (number: number): Finding => ({ kind: "alert-received", alert: number });
const seen = (parts: Partial<Observation>): ParsedLine => ({
  kind: "observation",
  observation: expect.objectContaining(parts),
});

describe("the default line of an error", () => {
  test.each<[string, string, Finding]>([
    ["a handshake that failed", "SSL handshake failure", reason("not-said")],
    ["a leaf that is not trusted", "SSL client certificate not trusted", verify(null, 0)],
    ["a chain that is not trusted", "SSL client CA chain cannot be verified", verify(null, null)],
    ["closed", "Connection closed during SSL handshake", reason("closed")],
    ["broken off", "Connection error during SSL handshake", reason("reset")],
    ["too slow", "Timeout during SSL handshake", reason("timed-out")],
    [
      "no PROXY header",
      "Received something which does not look like a PROXY protocol header",
      reason("not-said"),
    ],
    [
      "2.8 and later: none sent",
      "SSL handshake failure (error:0A0000C7:SSL routines::peer did not return a certificate)",
      reason("certificate-absent"),
    ],
    [
      "2.8 and later: verification",
      "SSL handshake failure (error:0A000086:SSL routines::certificate verify failed)",
      verify(null, null),
    ],
    [
      "2.8 and later: the bucket of the leaf stays",
      "SSL client certificate not trusted (error:0A000086:SSL routines::certificate verify failed)",
      verify(null, 0),
    ],
    [
      "2.8 and later: an alert, in the words of OpenSSL 3.2",
      "SSL handshake failure (error:0A000415:SSL routines::ssl/tls alert certificate expired)",
      alert(45),
    ],
    [
      "OpenSSL 1.1.1",
      "SSL handshake failure (error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca)",
      alert(48),
    ],
    [
      "OpenSSL says nothing",
      "SSL handshake failure (error:00000000:lib(0):func(0):reason(0))",
      reason("closed"),
    ],
  ])("%s", (_, message, finding) => {
    const expected = seen({
      proxy: "haproxy",
      log: "error",
      at: AT,
      zone: "assumed",
      keys: ["peer 198.51.100.9:50211"],
      peer: { address: "198.51.100.9", port: 50211 },
      direction: "inbound",
      outcome: "refused",
      finding,
      listener: "api_in",
      quote: message,
    });
    expect(read(`${HEAD} api_in/https: ${message}`)).toEqual(expected);
    expect(read(`${SYSLOG}${HEAD} api_in/https: ${message}`)).toEqual(expected);
    expect(read(`<134>1 2029-03-04T07:01:09Z lb-2 haproxy 40 - - ${HEAD} api_in/https: ${message}`)).toEqual(
      expected,
    );
  });

  test("an IPv6 address ends before the last colon", () => {
    expect(read("2001:db8::7:50211 [04/Mar/2029:07:01:09.042] fe/1: SSL handshake failure")).toEqual(
      seen({ peer: { address: "2001:db8::7", port: 50211 }, keys: ["peer 2001:db8::7:50211"] }),
    );
  });

  test("connections over a socket of the file system have nothing in common", () => {
    expect(read("unix:2 [04/Mar/2029:07:01:09.042] fe/1: SSL handshake failure")).toEqual(
      seen({ peer: null, keys: [] }),
    );
  });
});

interface Fields {
  err?: string;
  message?: string;
  tls?: string;
  codes?: string;
  certificate?: string;
  version?: string;
}

const LEAF =
  's_dn="/C=PT/O=Bicas Lda/CN=till-4" i_dn="/C=PT/CN=Bicas CA 2" serial=00AF31 sha1=B0C9AD66F1E0B0A7CF5B1A1C67B2C35B5EFA0E09 sha256=9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08 notbefore=280101000000Z notafter=290301120000Z';
const NO_LEAF = 's_dn="" i_dn="" serial=- sha1=- sha256=- notbefore=- notafter=-';
const OPENSSL = {
  verify:
    'ssl_fc_err=000000000A000086 ssl_fc_err_str="error:0A000086:SSL routines::certificate verify failed"',
  nothing: 'ssl_fc_err=0000000000000000 ssl_fc_err_str=""',
};

function fields({
  err = "34",
  message = "SSL handshake failure",
  tls = OPENSSL.nothing,
  codes = "0 0 0 0",
  certificate = NO_LEAF,
  version = "ver=TLSv1.3 cipher=TLS_AES_128_GCM_SHA256",
}: Fields): string {
  const [used, leaf, ca, depth] = codes.split(" ");
  return `fc_err=${err} fc_err_str="${message}" ${tls} ssl_c_used=${used} ssl_c_err=${leaf} ssl_c_ca_err=${ca} ssl_c_ca_err_depth=${depth} sni="pay.bicas.example" alpn="" ${version} resumed=0 ${certificate}`;
}

const recommended = (parts: Fields) => `${HEAD} api_in~ 3/2 ${fields(parts)}`;
const openssl = (code: string, words: string) =>
  `ssl_fc_err=00000000${code} ssl_fc_err_str="error:${code}:SSL routines::${words}"`;

describe("the recommended line of an error", () => {
  test("says everything", () => {
    const line = recommended({
      err: "31",
      message: "SSL client certificate not trusted",
      tls: OPENSSL.verify,
      codes: "1 10 0 0",
      certificate: LEAF,
    });
    expect(read(line)).toEqual({
      kind: "observation",
      observation: {
        proxy: "haproxy",
        log: "error",
        at: AT,
        zone: "assumed",
        keys: ["peer 198.51.100.9:50211"],
        peer: { address: "198.51.100.9", port: 50211 },
        direction: "inbound",
        outcome: "refused",
        finding: {
          kind: "verify",
          error: 10,
          depth: 0,
          which: "first",
          words: "SSL client certificate not trusted",
        },
        certificate: {
          role: "leaf",
          subject: "/C=PT/O=Bicas Lda/CN=till-4",
          issuer: "/C=PT/CN=Bicas CA 2",
          serial: "af31",
          sha1: "b0c9ad66f1e0b0a7cf5b1a1c67b2c35b5efa0e09",
          sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          notBefore: Date.UTC(2028, 0, 1),
          notAfter: Date.UTC(2029, 2, 1, 12),
          names: [],
        },
        serverName: "pay.bicas.example",
        listener: "api_in",
        upstream: null,
        tls: "1.3",
        status: null,
        quote:
          'fc_err=31 fc_err_str="SSL client certificate not trusted" ssl_fc_err=000000000A000086 ssl_fc_err_str="error:0A000086:SSL routines::certificate verify failed" ssl_c_used=1 ssl_c_err=10 ssl_c_ca_err=0 ssl_c_ca_err_depth=0',
      },
    });
  });

  test.each<[string, Fields, Finding]>([
    [
      "a fault of the chain has its depth",
      { err: "30", tls: OPENSSL.verify, codes: "1 0 20 1" },
      verify(20, 1),
    ],
    [
      "that of the chain comes before that of the leaf",
      { tls: OPENSSL.verify, codes: "1 3 20 1" },
      verify(20, 1),
    ],
    ["neither number, as for a depth", { tls: OPENSSL.verify, codes: "1 0 0 0" }, verify(null, null)],
    [
      "none sent",
      { tls: openssl("0A0000C7", "peer did not return a certificate") },
      reason("certificate-absent"),
    ],
    [
      "the wrong key",
      { tls: openssl("0A00007B", "bad signature"), codes: "1 0 0 0" },
      reason("bad-signature"),
    ],
    [
      "an alert is not what HAProxy thinks",
      { tls: openssl("0A000418", "tlsv1 alert unknown ca") },
      alert(48),
    ],
    ["words of OpenSSL 1.1.1", { tls: openssl("14094412", "sslv3 alert bad certificate") }, alert(42)],
    [
      "the number is enough",
      { tls: "ssl_fc_err=000000000A0000C1 ssl_fc_err_str=-" },
      reason("no-shared-cipher"),
    ],
    ["no suitable group", { tls: openssl("0A000065", "no suitable key share") }, reason("no-shared-group")],
    ["the name is not served", { tls: openssl("0A0000EA", "callback failed") }, reason("server-name")],
    ["plain HTTP", { tls: openssl("0A00009C", "http request") }, reason("plain-http")],
    ["other bytes", { tls: openssl("0A00010B", "wrong version number") }, reason("not-tls")],
    ["ALPN", { tls: openssl("0A0000EB", "no application protocol") }, reason("alpn")],
    ["no error of TLS: the client left", {}, reason("closed")],
    ["in time", { message: "Timeout during SSL handshake" }, reason("timed-out")],
    ["an error that is not known", { tls: openssl("0A000FFF", "reason(4095)") }, expect.anything()],
  ])("%s", (_, parts, finding) => {
    expect(read(recommended(parts))).toEqual(seen({ outcome: "refused", finding }));
  });

  test("a version that nobody agreed on is none", () => {
    const none = "ver=TLSv1.3 cipher=(NONE)";
    expect(read(recommended({ version: none }))).toEqual(seen({ tls: null }));
    expect(read(recommended({ version: "ver=TLSv1.2 cipher=(NONE)" }))).toEqual(seen({ tls: "1.2" }));
    const tooOld = { tls: openssl("0A000102", "unsupported protocol"), version: "ver=TLSv1 cipher=(NONE)" };
    expect(read(recommended(tooOld))).toEqual(seen({ tls: null, finding: reason("protocol-version") }));
  });

  test("quotes, commas and letters of other alphabets in a subject stay", () => {
    const subject = '/O=Bicas, "Rua" Lda+3 a=b c="d/CN=tïll "5"';
    const certificate = LEAF.replace("/C=PT/O=Bicas Lda/CN=till-4", subject);
    expect(read(recommended({ certificate }))).toEqual(
      seen({
        certificate: expect.objectContaining({ subject, issuer: "/C=PT/CN=Bicas CA 2", serial: "af31" }),
      }),
    );
  });

  test("a subject that pretends to be fields takes no other's identity", () => {
    const certificate = LEAF.replace("till-4", 'x" i_dn="/CN=Ours" serial=01 ssl_c_err=0 sha256=00');
    const line = recommended({ tls: OPENSSL.verify, codes: "1 10 0 0", certificate });
    expect(read(line)).toEqual(seen({ certificate: null, finding: verify(10, 0) }));
  });

  test("a line that is cut off says what stands there whole", () => {
    const line = recommended({ tls: OPENSSL.verify, codes: "1 10 0 0", certificate: LEAF });
    expect(read(line.slice(0, line.indexOf(" i_dn=") - 4))).toEqual(
      seen({ finding: verify(10, 0), certificate: null }),
    );
    expect(read(line.slice(0, line.indexOf("AF31") + 3))).toEqual(
      seen({
        certificate: expect.objectContaining({ subject: "/C=PT/O=Bicas Lda/CN=till-4", serial: null }),
      }),
    );
    expect(read(line.slice(0, line.indexOf(" notafter=") - 2))).toEqual(
      seen({ certificate: expect.objectContaining({ notBefore: null, notAfter: null }) }),
    );
    expect(read(line.slice(0, line.indexOf(" ssl_fc_err=")))).toEqual(seen({ finding: reason("closed") }));
    expect(read(line.slice(0, line.indexOf("fc_err=")))).toEqual({ kind: "not-understood" });
  });

  test("certificates that live beyond 2049", () => {
    const certificate = LEAF.replace("290301120000Z", "20510301120000Z");
    expect(read(recommended({ certificate }))).toEqual(
      seen({ certificate: expect.objectContaining({ notAfter: Date.UTC(2051, 2, 1, 12) }) }),
    );
  });
});

describe("option httpslog, when the handshake failed", () => {
  const REQUEST = 'api_in/<NOSRV> -1/-1/-1/-1/0 0 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"';

  test.each<[string, string, Finding]>([
    ["none sent", "34/000000000A0000C7/0/0/0 pay.bicas.example/TLSv1.3/(NONE)", reason("certificate-absent")],
    ["a leaf that has expired", "31/000000000A000086/10/0/0 pay.bicas.example/TLSv1.2/(NONE)", verify(10, 0)],
    [
      "a chain, without its depth",
      "30/000000000A000086/0/20/0 pay.bicas.example/TLSv1.2/(NONE)",
      verify(20, null),
    ],
    ["an alert, in OpenSSL 1.1.1", "34/0000000014094418/0/0/0 pay.bicas.example/TLSv1.2/(NONE)", alert(48)],
    ["the client left", "34/0000000000000000/0/0/0 pay.bicas.example/TLSv1.3/(NONE)", reason("closed")],
  ])("%s", (_, summary, finding) => {
    const parts = {
      direction: "inbound",
      outcome: "refused",
      finding,
      serverName: "pay.bicas.example",
    } as const;
    expect(read(`${HEAD} api_in~ ${REQUEST} ${summary}`)).toEqual(seen({ log: "access", ...parts }));
    expect(read(`${HEAD} api_in~ 3/2 ${summary}`)).toEqual(seen({ log: "error", ...parts }));
  });

  test("no name was asked for", () => {
    expect(read(`${HEAD} api_in~ 3/2 34/000000000A0000EA/0/0/0 -/TLSv1.3/(NONE)`)).toEqual(
      seen({ serverName: null, finding: reason("server-name"), tls: null }),
    );
  });
});

const SUCCESS = fields({ err: "0", message: "Success", codes: "1 0 0 0", certificate: LEAF });
const back = (error: string, message: string, tls: string) =>
  `bc_err=${error} bc_err_str="${message}" ${tls} ssl_bc=1 ssl_bc_protocol=TLSv1.2`;
const backTls = (code: string, words: string) =>
  `ssl_bc_err=00000000${code} ssl_bc_err_str="error:${code}:SSL routines::${words}"`;
const http = (status: number, flags: string, rest = "") =>
  `${HEAD} api_in~ be_app/s1 0/0/1/2/3 ${status} 73 ${flags} "GET /x?a=b HTTP/1.1"${rest === "" ? "" : ` ${rest}`}`;
const plain = (status: number, flags: string, rest: string) =>
  http(status, flags, rest).replace("api_in~", "out");

describe("lines of requests", () => {
  test.each<[string, string, Partial<Observation>]>([
    [
      "option httplog",
      `${HEAD} api_in~ be_app/s1 0/0/1/2/3 200 73 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`,
      { direction: "inbound", outcome: "accepted", status: 200, upstream: "be_app/s1", finding: null },
    ],
    [
      "with headers and cookies",
      `${HEAD} api_in~ be_app/s1 0/0/1/2/+3 200 +73 sid=abcd LANG --VN 1/1/0/0/+1 0/0 {a b|"c"} {d} "GET / HTTP/1.1"`,
      { outcome: "accepted", status: 200 },
    ],
    [
      "option httpslog",
      `${HEAD} api_in~ be_app/s1 0/0/1/2/3 200 73 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1" 0/0000000000000000/0/0/0 pay.bicas.example/TLSv1.3/TLS_AES_128_GCM_SHA256`,
      { outcome: "accepted", serverName: "pay.bicas.example", tls: "1.3" },
    ],
    [
      "option tcplog",
      `${HEAD} api_in~ be_tcp/s1 0/0/5007 212 -- 0/0/0/0/3 0/0`,
      { outcome: "accepted", status: null, upstream: "be_tcp/s1" },
    ],
    [
      "a frontend without TLS",
      `${HEAD} web be_app/s1 0/0/1/2/3 200 73 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`,
      { outcome: "unknown" },
    ],
    [
      "the recommended one",
      http(200, "----", SUCCESS),
      {
        outcome: "accepted",
        finding: null,
        certificate: expect.objectContaining({ serial: "af31" }),
        tls: "1.3",
      },
    ],
    [
      "answered by the proxy itself",
      http(200, "LR--", SUCCESS).replace("be_app/s1", "api_in/<NOSRV>"),
      { outcome: "accepted", upstream: null },
    ],
    [
      "a request that is none",
      `${HEAD} api_in~ api_in/<NOSRV> -1/-1/-1/-1/9 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"`,
      { outcome: "accepted", status: 400 },
    ],
    [
      "refused by a rule, with errors ignored",
      http(403, "PR--", fields({ err: "0", message: "Success", codes: "1 3 20 1", certificate: LEAF })),
      { direction: "inbound", outcome: "refused", finding: verify(20, 1, "last") },
    ],
    [
      "let in, with errors ignored",
      http(200, "----", fields({ err: "0", message: "Success", codes: "1 0 10 1", certificate: LEAF })),
      { outcome: "accepted", finding: null },
    ],
    [
      "refused by a rule, and none was sent",
      http(403, "PR--", fields({ err: "0", message: "Success" })),
      { outcome: "unknown", finding: reason("certificate-absent") },
    ],
  ])("%s", (_, line, parts) => {
    const expected = seen({ log: "access", at: AT, keys: ["peer 198.51.100.9:50211"], ...parts });
    expect(read(line)).toEqual(expected);
    expect(read(SYSLOG + line)).toEqual(expected);
  });
});

describe("the connection to the server", () => {
  test.each<[string, string, Partial<Observation>]>([
    [
      "went well",
      plain(200, "----", back("0", "Success", 'ssl_bc_err=0000000000000000 ssl_bc_err_str=""')),
      { outcome: "accepted", finding: null, tls: "1.2", listener: "out" },
    ],
    [
      "our certificate has expired",
      plain(
        503,
        "SC--",
        back("34", "SSL handshake failure", backTls("0A000415", "sslv3 alert certificate expired")),
      ),
      { outcome: "refused", finding: alert(45), tls: null, status: 503 },
    ],
    [
      "TLS 1.3 says so after the handshake",
      plain(
        502,
        "SH--",
        back("43", "SSL fatal error", backTls("0A00045C", "tlsv13 alert certificate required")),
      ),
      { outcome: "refused", finding: alert(116) },
    ],
    [
      "its certificate is not accepted",
      plain(
        503,
        "SC--",
        back("34", "SSL handshake failure", backTls("0A000086", "certificate verify failed")),
      ),
      { outcome: "refused", finding: verify(null, null) },
    ],
    [
      "its certificate is another's",
      plain(
        503,
        "SC--",
        back(
          "33",
          "Server presented an SSL certificate different from the expected one",
          backTls("0A000086", "certificate verify failed"),
        ),
      ),
      { outcome: "refused", finding: reason("name-mismatch") },
    ],
    [
      "it does not speak TLS",
      plain(503, "SC--", back("34", "SSL handshake failure", backTls("0A00010B", "wrong version number"))),
      { outcome: "refused", finding: reason("not-tls") },
    ],
    [
      "there was none",
      plain(
        503,
        "SC--",
        'bc_err=- bc_err_str="" ssl_bc_err=- ssl_bc_err_str="" ssl_bc=1 ssl_bc_protocol=TLSv1.3',
      ),
      { outcome: "refused", finding: reason("unreachable"), tls: null },
    ],
    ["failed, and no more is said", http(503, "SC--"), { outcome: "refused", finding: reason("not-said") }],
    ["broke off before an answer", http(502, "SH--"), { outcome: "unknown", finding: reason("not-said") }],
    [
      "no server is up",
      http(503, "SC--").replace("be_app/s1", "be_app/<NOSRV>"),
      { outcome: "unknown", finding: reason("not-said"), upstream: null },
    ],
    [
      "over TCP",
      `${HEAD} out be_tcp/s1 0/-1/9 0 SC 0/0/0/0/3 0/0`,
      { outcome: "refused", finding: reason("not-said"), upstream: "be_tcp/s1" },
    ],
  ])("%s", (_, line, parts) => {
    expect(read(line)).toEqual(seen({ direction: "upstream", log: "access", certificate: null, ...parts }));
  });
});

describe("checks of servers", () => {
  test.each<[string, string, Partial<Observation>]>([
    [
      "down",
      `${SYSLOG}Server be_app/s1 is DOWN, reason: Layer6 invalid response, info: "SSL handshake failure (Connection reset by peer)", check duration: 3ms. 0 active and 0 backup servers left.`,
      { upstream: "be_app/s1", finding: reason("reset"), at: Date.UTC(2029, 2, 4, 7, 1, 9), keys: [] },
    ],
    [
      "failed once, on standard error",
      '[WARNING]  (40) : Health check for server be_app/s2 failed, reason: Layer6 invalid response, info: "SSL handshake failure", check duration: 3ms, status: 2/3 UP.',
      { upstream: "be_app/s2", finding: reason("not-said"), at: null },
    ],
    [
      "too slow",
      `${SYSLOG}Server be_app/s1 is DOWN, reason: Layer6 timeout, check duration: 2000ms.`,
      { finding: reason("timed-out") },
    ],
  ])("%s", (_, line, parts) => {
    expect(read(line)).toEqual(seen({ direction: "upstream", outcome: "refused", log: "error", ...parts }));
  });
});

test.each<[string, string, ParsedLine["kind"]]>([
  ["its start", `${SYSLOG}Proxy api_in started.`, "other"],
  [
    "a server that is down for something else",
    `${SYSLOG}Server be_app/s1 is DOWN, reason: Layer4 connection problem`,
    "other",
  ],
  ["a format of one's own", `${HEAD} something else`, "not-understood"],
  ["another's line", "Mar  4 07:01:09 lb-2 sshd[40]: Connection closed", "not-understood"],
  [
    "a date that is none",
    "198.51.100.9:50211 [04/Foo/2029:07:01:09.042] fe/1: SSL handshake failure",
    "not-understood",
  ],
  ["nothing", "", "not-understood"],
  ["half a head", "198.51.100.9:50211 [04/Mar/2029:07:01:09.042]", "not-understood"],
])("%s is %s", (_, line, kind) => {
  expect(read(line)).toEqual({ kind });
});

const LINES = [
  `${HEAD} api_in/1: SSL handshake failure (error:0A000086:SSL routines::certificate verify failed)`,
  recommended({ tls: OPENSSL.verify, codes: "1 10 0 0", certificate: LEAF }),
  `${SYSLOG}${http(200, "----", SUCCESS)}`,
  plain(
    503,
    "SC--",
    back("34", "SSL handshake failure", backTls("0A000415", "sslv3 alert certificate expired")),
  ),
  `${SYSLOG}Server be_app/s1 is DOWN, reason: Layer6 invalid response, info: "SSL handshake failure", check`,
];

test("lines that are cut, mixed and spoiled are read without an error", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      " ",
      "/",
      "=",
      " i_dn=",
      ' s_dn="',
      "[",
      "]",
      "(",
      "\\",
      "\u0000",
      "\uFFFD",
      "\x1b[31m",
      "error:",
    ),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const edits = fc.array(fc.record({ at: fc.nat(2_000), remove: fc.nat(40), put: piece }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...LINES), edits, (line, changes) => {
      const spoiled = changes.reduce(
        (text, { at, remove, put }) => text.slice(0, at) + put + text.slice(at + remove),
        line,
      );
      const parsed = read(spoiled);
      if (parsed.kind !== "observation") return;
      expect(parsed.observation.quote.length).toBeLessThanOrEqual(300);
      expect(parsed.observation.serverName).not.toBe("");
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each([
  ["blanks", " "],
  ["quotes", '"'],
  ["fields", ' s_dn="'],
  ["half fields", " a_b"],
  ["brackets", " ["],
  ["slashes", "1/"],
  ["errors", "error:0A000FFF:x "],
])("a megabyte of %s takes no longer per byte than a kilobyte", (_, unit) => {
  const spent = (length: number, times: number) => {
    const lines = LINES.map((line) => line + unit.repeat(length / unit.length));
    const started = performance.now();
    for (let round = 0; round < times; round++) lines.forEach(read);
    return (performance.now() - started) / (times * length);
  };
  spent(1_000, 200);
  // Ten times where three would be right: the machine has other things to do.
  expect(spent(1_000_000, 1)).toBeLessThan(10 * spent(1_000, 200));
});
