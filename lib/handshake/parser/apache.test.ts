import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import type { Finding, Observation, ParsedLine, Reason } from "#lib/handshake/observation.ts";
import { parseApache } from "./apache.ts";

const RECEIVED = Date.UTC(2030, 8, 3, 6, 0, 0);
const AT = Date.UTC(2030, 8, 2, 5, 4, 3, 210);
const read = (line: string) => parseApache(line, { receivedAt: RECEIVED });

const DATE = "[Mon Sep 02 05:04:03.210987 2030]";
/** The default format. */
const plain = (message: string, who = " [client 203.0.113.8:40112]", module = "ssl:error") =>
  `${DATE} [${module}] [pid 811:tid 4021]${who} ${message}`;
/** The recommended `ErrorLogFormat`. */
const full = (message: string, system = "") =>
  `[2030-09-02 05:04:03.210987] [ssl:info] [pid 811:tid 4021] [conn Zx+9/aQ] ${system}[client 203.0.113.8:40112] [vhost till.bicas.example] ${message}`;
/** The same where Apache knows no connection: it leaves out what stands between. */
const nobody = (message: string) =>
  `[2030-09-02 05:04:03.210987] [ssl:info] [pid 811:tid 4021] [conn [client [vhost till.bicas.example] ${message}`;

const CERTIFICATE =
  " [subject: CN=till-4,O=Bicas Lda,C=PT / issuer: CN=Bicas CA 2,C=PT / serial: 00AF31 / notbefore: Jan  1 00:00:00 2030 GMT / notafter: Sep  1 12:00:00 2030 GMT]";

const verify = (error: number | null, depth: number | null = null): Finding =>
  expect.objectContaining({ kind: "verify", error, depth });
const reason = (which: Reason): Finding => expect.objectContaining({ kind: "reason", reason: which });
const alert = (number: number): Finding => ({ kind: "alert-received", alert: number });
const seen = (parts: Partial<Observation>): ParsedLine => ({
  kind: "observation",
  observation: expect.objectContaining(parts),
});

describe("what stands before the message", () => {
  const message = "AH02008: SSL library error 1 in handshake (server till.bicas.example:443)";
  const common: Partial<Observation> = {
    proxy: "apache",
    log: "error",
    at: AT,
    zone: "assumed",
    direction: "inbound",
    outcome: "refused",
    finding: null,
    listener: "till.bicas.example:443",
    peer: { address: "203.0.113.8", port: 40112 },
  };
  const keys = ["peer 203.0.113.8:40112", "worker 811:4021"];

  test.each<[string, string, Partial<Observation>]>([
    ["the default format", plain(message), { keys, serverName: null }],
    ["without threads", plain(message).replace(":tid 4021", ""), { keys: [keys[0] ?? "", "worker 811"] }],
    [
      "at level debug",
      plain(`ssl_engine_io.c(1382): ${message}`, ""),
      { keys: ["worker 811:4021"], peer: null },
    ],
    [
      "at level debug, as Apache orders it",
      plain(message).replace("[client", "ssl_engine_io.c(1382): (104)Connection reset by peer: [client"),
      { keys },
    ],
    [
      "the recommended format",
      full(message),
      { keys: ["connection Zx+9/aQ", ...keys], serverName: "till.bicas.example" },
    ],
    [
      "the recommended format with what the system says",
      full(message, "(70014)End of file found: "),
      { keys: ["connection Zx+9/aQ", ...keys] },
    ],
    [
      "the recommended format without a connection",
      nobody(message),
      { keys: ["worker 811:4021"], peer: null, serverName: "till.bicas.example" },
    ],
    [
      "the same with what the system says",
      `[2030-09-02 05:04:03.210987] [ssl:info] [pid 811:tid 4021] [conn (104)Connection reset by peer: [client [vhost a.example] ${message}`,
      { keys: ["worker 811:4021"], peer: null, serverName: "a.example" },
    ],
    [
      "an IPv6 address",
      plain(message, " [client 2001:db8::8:40112]"),
      { peer: { address: "2001:db8::8", port: 40112 } },
    ],
    ["no number before the message", plain(message.slice("AH02008: ".length)), { keys }],
    [
      "syslog, which has the time",
      `<187>Sep  2 05:04:03 web-1 apache2[811]: ${plain(message).slice(DATE.length + 1)}`,
      { keys, at: AT - 210 },
    ],
    ["other brackets", plain(message).replace(" [client", " [request a1b2] [client"), { keys }],
  ])("%s", (_, line, parts) => {
    expect(read(line)).toEqual(seen({ ...common, ...parts }));
  });
});

describe("a verification that failed", () => {
  test("names the certificate that failed from level info on", () => {
    expect(
      read(full(`AH02276: Certificate Verification: Error (10): certificate has expired${CERTIFICATE}`)),
    ).toEqual({
      kind: "observation",
      observation: {
        proxy: "apache",
        log: "error",
        at: AT,
        zone: "assumed",
        keys: ["connection Zx+9/aQ", "peer 203.0.113.8:40112", "worker 811:4021"],
        peer: { address: "203.0.113.8", port: 40112 },
        direction: "inbound",
        directionAssumed: true,
        outcome: "refused",
        finding: { kind: "verify", error: 10, depth: null, which: "first", words: "certificate has expired" },
        certificate: {
          role: "failing",
          subject: "CN=till-4,O=Bicas Lda,C=PT",
          issuer: "CN=Bicas CA 2,C=PT",
          serial: "af31",
          sha1: null,
          sha256: null,
          notBefore: Date.UTC(2030, 0, 1),
          notAfter: Date.UTC(2030, 8, 1, 12),
          names: [],
        },
        serverName: "till.bicas.example",
        listener: null,
        upstream: null,
        tls: null,
        status: null,
        quote: "Certificate Verification: Error (10): certificate has expired",
      },
    });
  });

  test.each<[string, string, Finding]>([
    [
      "the default level",
      "AH02039: Certificate Verification: Error (20): unable to get local issuer certificate",
      verify(20),
    ],
    ["words of 1.1.1", "AH02039: Certificate Verification: Error (18): self signed certificate", verify(18)],
    ["words of 3.x", "AH02039: Certificate Verification: Error (18): self-signed certificate", verify(18)],
    ["the number is enough", "AH02039: Certificate Verification: Error (26): something new", verify(26)],
    [
      "two digits of a version to come",
      "AH02039: Certificate Verification: Error (99): something new",
      verify(99),
    ],
    ["OCSP", "AH02039: Certificate Verification: Error (50): application verification failure", verify(50)],
    ["cut off", "AH02039: Certificate Verification: Error (23): certificate rev", verify(23)],
    [
      "a chain that is too long",
      "AH02040: Certificate Verification: Certificate Chain too long (chain has 4 certificates, but maximum allowed are only 2)",
      {
        kind: "reason",
        reason: "chain-too-long",
        words: "chain has 4 certificates, but maximum allowed are only 2",
      },
    ],
  ])("in %s", (_, message, finding) => {
    expect(read(plain(message))).toEqual(seen({ outcome: "refused", finding, certificate: null }));
  });

  const failed = `AH02276: Certificate Verification: Error (20): unable to get local issuer certificate${CERTIFICATE}`;
  const certificateOf = (message: string) => {
    const parsed = read(full(message));
    return parsed.kind === "observation" ? parsed.observation.certificate : undefined;
  };

  test("a subject is read as it was before it was logged", () => {
    const subject = String.raw`CN=till-4,OU=T\xc3\xadlia,O=Bicas\\, \\"Rua\\" Lda`;
    expect(certificateOf(failed.replace("CN=till-4,O=Bicas Lda", subject))?.subject).toBe(
      String.raw`CN=till-4,OU=Tília,O=Bicas\, \"Rua\" Lda,C=PT`,
    );
  });

  test("a subject that pretends to be the rest takes no other's identity", () => {
    const certificate = certificateOf(
      failed.replace("till-4", "x / issuer: CN=Ours / serial: 01 / notbefore: y"),
    );
    expect(certificate).toMatchObject({
      subject: null,
      issuer: null,
      serial: "af31",
      notAfter: Date.UTC(2030, 8, 1, 12),
    });
  });

  test("names that are empty or cut are none", () => {
    expect(certificateOf(failed.replace("CN=till-4,O=Bicas Lda,C=PT", "-empty-"))?.subject).toBeNull();
    expect(certificateOf(failed.replace("C=PT / serial", "... / serial"))?.issuer).toBeNull();
    expect(certificateOf(failed.replace(CERTIFICATE, " [certificate: -not available-]"))).toBeNull();
    expect(certificateOf(failed.slice(0, failed.indexOf(" / notafter")))).toBeNull();
    expect(certificateOf(failed.slice(0, -5))).toMatchObject({ serial: "af31", notAfter: null });
  });

  test("the leaf is known from level debug on", () => {
    expect(
      certificateOf(`AH02275: Certificate Verification, depth 0, CRL checking mode: chain (2)${CERTIFICATE}`),
    ).toMatchObject({ role: "leaf", serial: "af31" });
    expect(
      read(full(`AH02275: Certificate Verification, depth 1, CRL checking mode: chain (2)${CERTIFICATE}`)),
    ).toEqual({ kind: "other" });
  });
});

describe("messages of a client's handshake", () => {
  test.each<[string, string, Observation["outcome"], Finding | null]>([
    ["it begins", full("AH01964: Connection to child 3 established (server a.example:443)"), "unknown", null],
    [
      "it is over",
      full("AH01998: Connection closed to child 3 with abortive shutdown (server a.example:443)"),
      "unknown",
      reason("closed"),
    ],
    [
      "none sent",
      nobody(
        "SSL Library Error: error:0A0000C7:SSL routines::peer did not return a certificate -- No CAs known to server for verification?",
      ),
      "refused",
      reason("certificate-absent"),
    ],
    [
      "none sent, in 1.1.1",
      nobody(
        "SSL Library Error: error:1417C0C7:SSL routines:tls_process_client_certificate:peer did not return a certificate",
      ),
      "refused",
      reason("certificate-absent"),
    ],
    [
      "an alert",
      nobody("SSL Library Error: error:0A000418:SSL routines::tlsv1 alert unknown ca (SSL alert number 48)"),
      "refused",
      alert(48),
    ],
    [
      "an alert in 3.2",
      nobody(
        "SSL Library Error: error:0A000412:SSL routines::ssl/tls alert bad certificate (SSL alert number 42)",
      ),
      "refused",
      alert(42),
    ],
    [
      "it failed to verify",
      nobody("SSL Library Error: error:0A000086:SSL routines::certificate verify failed"),
      "refused",
      verify(null),
    ],
    [
      "the wrong key",
      nobody("SSL Library Error: error:0A00007B:SSL routines::bad signature"),
      "refused",
      reason("bad-signature"),
    ],
    [
      "the answer of OCSP is not to be trusted",
      nobody(
        "SSL Library Error: error:13800065:OCSP routines::certificate verify error (Verify error: unable to get local issuer certificate)",
      ),
      "unknown",
      reason("ocsp-untrusted"),
    ],
    [
      "the other left",
      full("AH02006: SSL handshake stopped: connection was closed", "(70014)End of file found: "),
      "refused",
      reason("closed"),
    ],
    [
      "it was cut off",
      full(
        "AH02007: SSL handshake interrupted by system [Hint: Stop button pressed in browser?!]",
        "(104)Connection reset by peer: ",
      ),
      "refused",
      reason("reset"),
    ],
    [
      "it took too long",
      full(
        "AH02006: SSL handshake stopped: connection was closed",
        "(70007)The timeout specified has expired: ",
      ),
      "refused",
      reason("timed-out"),
    ],
    ["mod_reqtimeout", full("AH01382: Request handshake read timeout"), "refused", reason("timed-out")],
    [
      "plain HTTP",
      full("AH01996: SSL handshake failed: HTTP spoken on HTTPS port; trying to send HTML error page"),
      "refused",
      reason("plain-http"),
    ],
    [
      "read on",
      full("AH01992: SSL library error 6 reading data", "(70014)End of file found: "),
      "unknown",
      reason("closed"),
    ],
    ["read on, and refused", full("AH01992: SSL library error 1 reading data"), "refused", null],
    [
      "revoked by OCSP",
      full(`AH03239: OCSP validation completed, certificate status: revoked (1, 1)${CERTIFICATE}`),
      "refused",
      verify(23),
    ],
    [
      "unknown to OCSP",
      full(`AH03239: OCSP validation completed, certificate status: unknown (2, -1)${CERTIFICATE}`),
      "refused",
      verify(75),
    ],
    [
      "no responder",
      plain(
        "AH01974: could not connect to OCSP responder '192.0.2.4:80'",
        " (111)Connection refused: [client 203.0.113.8:40112]",
      ),
      "unknown",
      reason("ocsp-unavailable"),
    ],
    [
      "no name of the responder",
      plain(
        "AH01972: could not resolve address of OCSP responder ocsp.example",
        " (EAI 2)Name or service not known: [client 203.0.113.8:40112]",
      ),
      "unknown",
      reason("ocsp-unavailable"),
    ],
    [
      "the responder's answer",
      plain("AH01925: failed to verify the OCSP response", ""),
      "unknown",
      reason("ocsp-untrusted"),
    ],
    [
      "the responder's answer is old",
      plain(`AH01926: OCSP response outside validity period${CERTIFICATE}`),
      "unknown",
      reason("ocsp-untrusted"),
    ],
    [
      "the name asked for is not the host",
      plain(
        "AH02032: Hostname a.example provided via SNI and hostname b.example provided via HTTP have no compatible SSL setup",
      ),
      "refused",
      reason("misdirected"),
    ],
    [
      "no name asked for",
      plain("AH02033: No hostname was provided via SNI for a name based virtual host"),
      "refused",
      reason("server-name"),
    ],
    [
      "none sent when asked again",
      plain("AH02263: Re-negotiation handshake failed: Client certificate missing"),
      "refused",
      reason("certificate-absent"),
    ],
    ["asked again", plain("AH02261: Re-negotiation handshake failed"), "refused", reason("not-said")],
    [
      "asked again in TLS 1.3",
      plain("AH10158: cannot perform post-handshake authentication"),
      "refused",
      reason("not-said"),
    ],
    [
      "after the handshake",
      full("AH02010: SSL client authentication failed: certificate has expired"),
      "refused",
      verify(10),
    ],
  ])("%s", (_, line, outcome, finding) => {
    expect(read(line)).toEqual(seen({ direction: "inbound", outcome, finding }));
  });
});

describe("messages of a connection to an upstream", () => {
  const of = (message: string) => full(message).replace("203.0.113.8:40112", "192.0.2.60:8443");
  const REQUEST = ["peer 203.0.113.8:40112", "upstream 192.0.2.60:8443", "worker 811:4021"];

  test.each<[string, string, Partial<Observation>]>([
    [
      "it failed",
      of("AH02003: SSL Proxy connect failed"),
      {
        outcome: "refused",
        finding: null,
        upstream: "192.0.2.60:8443",
        keys: ["connection Zx+9/aQ", "peer 192.0.2.60:8443", "worker 811:4021"],
      },
    ],
    [
      "it is answered",
      of("AH01997: SSL handshake failed: sending 502"),
      { outcome: "refused", finding: null },
    ],
    [
      "expired",
      of("AH02004: SSL Proxy: Peer certificate is expired"),
      { outcome: "refused", finding: verify(10, 0) },
    ],
    [
      "another's certificate",
      of("AH02411: SSL Proxy: Peer certificate does not match for hostname vault.bicas.example"),
      { outcome: "refused", finding: reason("name-mismatch"), serverName: "vault.bicas.example" },
    ],
    [
      "another's certificate, by its common name",
      of(
        "AH02005: SSL Proxy: Peer certificate CN mismatch: Certificate CN: a.example Requested hostname: b.example",
      ),
      { finding: reason("name-mismatch"), serverName: "b.example" },
    ],
    [
      "none to send",
      nobody(
        "AH02268: Proxy client certificate callback: (a.example:80) downstream server wanted client certificate but none are configured",
      ),
      {
        outcome: "unknown",
        finding: reason("certificate-absent"),
        keys: ["worker 811:4021"],
        upstream: null,
      },
    ],
    [
      "the default format says whose it is",
      plain(
        "AH02039: Certificate Verification: Error (20): unable to get local issuer certificate",
        " [remote 192.0.2.60:8443]",
      ),
      {
        outcome: "refused",
        finding: verify(20),
        upstream: "192.0.2.60:8443",
        keys: ["upstream 192.0.2.60:8443", "worker 811:4021"],
      },
    ],
    [
      "what became of the request",
      full(
        "AH01084: pass request body failed to 192.0.2.60:8443 (vault.bicas.example)",
        "(20014)Internal error (specific information not available): ",
      ),
      { outcome: "unknown", finding: reason("not-said"), keys: REQUEST, upstream: "192.0.2.60:8443" },
    ],
    [
      "who asked",
      full("AH01097: pass request body failed to 192.0.2.60:8443 (vault.bicas.example) from 203.0.113.8 ()"),
      { keys: REQUEST },
    ],
    [
      "no answer",
      plain(
        "AH01102: error reading status line from remote server 192.0.2.60:8443",
        " (70014)End of file found: [client 203.0.113.8:40112]",
        "proxy_http:error",
      ),
      { outcome: "unknown", keys: REQUEST },
    ],
    [
      "which request",
      plain(
        "AH00898: Error during SSL Handshake with remote server returned by /x, referer: https://a.example/",
      ),
      {
        outcome: "refused",
        finding: reason("not-said"),
        keys: ["peer 203.0.113.8:40112", "worker 811:4021"],
        upstream: null,
      },
    ],
    [
      "nobody there",
      plain(
        "AH00957: https: attempt to connect to 192.0.2.60:8443 (vault.bicas.example) failed",
        " (111)Connection refused:",
        "proxy:error",
      ),
      { outcome: "refused", finding: reason("unreachable"), upstream: "192.0.2.60:8443" },
    ],
    [
      "nobody there, over IPv6",
      plain(
        "AH00957: https: attempt to connect to [2001:db8::60]:8443 (vault.bicas.example:8443) failed",
        "",
        "proxy:error",
      ),
      { upstream: "[2001:db8::60]:8443" },
    ],
  ])("%s", (_, line, parts) => {
    expect(read(line)).toEqual(seen({ direction: "upstream", peer: null, ...parts }));
  });
});

describe("an access log", () => {
  const mtls = (status: number, rest: string) =>
    `2030-09-02T05:04:03.210987+0200 203.0.113.8:40112 till.bicas.example:443 "GET /x\\"y HTTP/1.1" ${status} L=- ${rest}`;
  const TLS = 'sni="pay.bicas.example" proto=TLSv1.3 cipher=TLS_AES_128_GCM_SHA256';
  const LEAF =
    's_dn="CN=till-4,O=Bicas Lda" i_dn="CN=Bicas CA 2" serial=00AF31 v_end="Sep  1 12:00:00 2030 GMT" v_remain=0 resumed=Initial';
  const NONE = 's_dn="-" i_dn="-" serial=- v_end="-" v_remain=- resumed=-';
  const common = '203.0.113.8 - - [02/Sep/2030:05:04:03 +0200] "GET / HTTP/1.1"';

  test("in the recommended format", () => {
    expect(read(mtls(200, `${TLS} verify="SUCCESS" ${LEAF}`))).toEqual({
      kind: "observation",
      observation: {
        proxy: "apache",
        log: "access",
        at: AT - 2 * 3_600_000,
        zone: "said",
        keys: ["peer 203.0.113.8:40112"],
        peer: { address: "203.0.113.8", port: 40112 },
        direction: "inbound",
        outcome: "accepted",
        finding: null,
        certificate: {
          role: "leaf",
          subject: "CN=till-4,O=Bicas Lda",
          issuer: "CN=Bicas CA 2",
          serial: "af31",
          sha1: null,
          sha256: null,
          notBefore: null,
          notAfter: Date.UTC(2030, 8, 1, 12),
          names: [],
        },
        serverName: "pay.bicas.example",
        listener: "till.bicas.example:443",
        upstream: null,
        tls: "1.3",
        status: 200,
        quote: '200 verify="SUCCESS"',
      },
    });
  });

  test.each<[string, string, Partial<Observation>]>([
    [
      "no certificate asked for",
      mtls(200, `${TLS} verify="NONE" ${NONE}`),
      { outcome: "accepted", finding: null, certificate: null },
    ],
    [
      "no certificate, and refused",
      mtls(403, `${TLS} verify="NONE" ${NONE}`),
      { outcome: "refused", finding: reason("certificate-absent") },
    ],
    [
      "a bad one, and refused",
      mtls(403, `${TLS} verify="FAILED:certificate has expired" ${LEAF}`),
      { outcome: "refused", finding: expect.objectContaining({ kind: "verify", error: 10, which: "last" }) },
    ],
    [
      "refused for something else",
      mtls(403, `${TLS} verify="SUCCESS" ${LEAF}`),
      { outcome: "accepted", finding: null },
    ],
    [
      "misdirected",
      mtls(421, `${TLS} verify="SUCCESS" ${LEAF}`),
      { outcome: "refused", finding: reason("misdirected") },
    ],
    [
      "no TLS",
      mtls(400, `sni="-" proto=- cipher=- verify="-" ${NONE}`),
      { direction: "inbound", outcome: "unknown", tls: null, serverName: null },
    ],
    [
      "no TLS, and an upstream that failed",
      mtls(502, `sni="-" proto=- cipher=- verify="-" ${NONE}`),
      { direction: "upstream", outcome: "unknown", peer: null, keys: ["peer 203.0.113.8:40112"] },
    ],
    [
      "a subject with quotes and letters of other alphabets",
      mtls(
        200,
        `${TLS} verify="SUCCESS" ${LEAF.replace("till-4", String.raw`t\xc3\xadl \\\"4\\\" serial=00`)}`,
      ),
      {
        certificate: expect.objectContaining({
          subject: 'CN=tíl \\"4\\" serial=00,O=Bicas Lda',
          serial: "af31",
        }),
      },
    ],
    [
      "cut off in the subject",
      mtls(200, `${TLS} verify="SUCCESS" s_dn="CN=till-4,O=Bic`),
      { outcome: "accepted", certificate: null },
    ],
    [
      "cut off in the serial number",
      mtls(200, `${TLS} verify="SUCCESS" s_dn="CN=till-4" i_dn="CN=b" serial=00A`),
      { certificate: expect.objectContaining({ subject: "CN=till-4", serial: null }) },
    ],
    [
      "combined",
      `${common} 200 2933 "-" "curl/8"`,
      {
        outcome: "accepted",
        keys: [],
        peer: { address: "203.0.113.8", port: null },
        at: AT - 210 - 2 * 3_600_000,
        zone: "said",
      },
    ],
    ["common", `${common} 304 -`, { outcome: "accepted", status: 304 }],
    [
      "vhost_combined",
      `till.bicas.example:443 ${common} 200 2933 "-" "curl/8"`,
      { listener: "till.bicas.example:443", peer: { address: "203.0.113.8", port: null } },
    ],
    [
      "a plain request or a bad one",
      `${common} 400 599 "-" "-"`,
      { outcome: "unknown", finding: null, status: 400 },
    ],
    [
      "misdirected, by its status alone",
      `${common} 421 599 "-" "-"`,
      { outcome: "refused", finding: reason("misdirected") },
    ],
  ])("%s", (_, line, parts) => {
    expect(read(line)).toEqual(seen({ log: "access", ...parts }));
  });
});

test.each<[string, string, ParsedLine["kind"]]>([
  [
    "its start",
    plain(
      "AH00489: Apache/2.4.66 (Unix) OpenSSL/3.5.4 configured -- resuming normal operations",
      "",
      "mpm_event:notice",
    ),
    "other",
  ],
  [
    "a key that cannot be read at the start",
    plain("SSL Library Error: error:0480006C:PEM routines::no start line", "", "ssl:emerg"),
    "other",
  ],
  [
    "an orderly end",
    full("AH02001: Connection closed to child 3 with standard shutdown (server a.example:443)"),
    "other",
  ],
  [
    "a certificate that OCSP knows",
    full(`AH03239: OCSP validation completed, certificate status: good (0, -1)${CERTIFICATE}`),
    "other",
  ],
  [
    "a file that is not there",
    plain("AH00128: File does not exist: /var/www/OCSP", undefined, "core:error"),
    "other",
  ],
  [
    "what a program wrote",
    plain("AH01215: Certificate Verification: Error (10): x", undefined, "cgi:error"),
    "other",
  ],
  ["syslog of the same program", "<187>Sep  2 05:04:03 web-1 apache2[811]: something", "other"],
  [
    "Envoy's line",
    "[2030-09-02 05:04:03.210][26][debug][connection] [source/x.cc:224] [C31] TLS error: 1",
    "not-understood",
  ],
  [
    "nginx's line",
    "2030/09/02 05:04:03 [info] 31#31: *7 client sent no required SSL certificate",
    "not-understood",
  ],
  ["nothing", "", "not-understood"],
  ["half a line", DATE, "not-understood"],
  ["brackets", "[[[[[[[[", "not-understood"],
])("%s is %s", (_, line, kind) => {
  expect(read(line)).toEqual({ kind });
});

const LINES = [
  plain("AH02039: Certificate Verification: Error (20): unable to get local issuer certificate"),
  full(`AH02276: Certificate Verification: Error (10): certificate has expired${CERTIFICATE}`),
  nobody("SSL Library Error: error:0A000418:SSL routines::tlsv1 alert unknown ca (SSL alert number 48)"),
  full("AH01084: pass request body failed to 192.0.2.60:8443 (vault)", "(20014)Internal error: "),
  '2030-09-02T05:04:03.2+0000 203.0.113.8:40112 a.example:443 "GET / HTTP/1.1" 200 L=- sni="a" proto=TLSv1.3 verify="SUCCESS" s_dn="CN=a" serial=01 ',
  '203.0.113.8 - - [02/Sep/2030:05:04:03 +0200] "GET / HTTP/1.1" 200 12 "-" "x"',
];

test("lines that are cut, mixed and spoiled are read without an error", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      " ",
      "[",
      "]",
      "(",
      ")",
      "\\",
      "\\x",
      "\\xc3",
      " / serial: ",
      "[conn ",
      "[client ",
      "=",
      "\u0000",
      "\uFFFD",
      "\x1b[31m",
    ),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const edits = fc.array(fc.record({ at: fc.nat(500), remove: fc.nat(40), put: piece }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...LINES), edits, (line, changes) => {
      const spoiled = changes.reduce(
        (text, { at, remove, put }) => text.slice(0, at) + put + text.slice(at + remove),
        line,
      );
      const parsed = read(spoiled);
      if (parsed.kind === "observation") expect(parsed.observation.quote.length).toBeLessThanOrEqual(300);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each([
  ["blanks", " "],
  ["quotes", ' x="'],
  ["brackets", " ["],
  ["escapes", "\\x41\\"],
  ["bytes", "\\xc3"],
  ["issuers", " / issuer: "],
  ["subjects", " [subject: "],
  ["parentheses", "(1)"],
  ["fields", " a=b"],
])("a megabyte of %s takes no longer per byte than a kilobyte", (_, unit) => {
  const spent = (length: number, times: number) => {
    const padding = unit.repeat(length / unit.length);
    const lines = LINES.flatMap((line) => [line + padding, line.slice(0, 60) + padding + line.slice(60)]);
    const started = performance.now();
    for (let round = 0; round < times; round++) lines.forEach(read);
    return (performance.now() - started) / (times * length);
  };
  spent(1_000, 100);
  // Ten times where three would be right: the machine has other things to do.
  expect(spent(1_000_000, 1)).toBeLessThan(10 * spent(1_000, 100));
});
