import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import type { Finding, Observation, Reason } from "#lib/handshake/observation.ts";
import { parseNginx } from "./nginx.ts";

const CONTEXT = { receivedAt: Date.parse("2027-05-11T08:00:00Z") };
const AT = Date.parse("2027-05-11T07:42:19Z");

const parse = (line: string) => parseNginx(line, CONTEXT);

function seen(line: string): Observation {
  const parsed = parse(line);
  if (parsed.kind !== "observation") throw new TypeError(`${parsed.kind}: ${line}`);
  return parsed.observation;
}

const HEAD = "2027/05/11 07:42:19 [info] 3311#3311: *904 ";
const EARLY = ", client: 198.51.100.23, server: 0.0.0.0:9443";
const LATE =
  ', client: 198.51.100.23, server: orders.juniper.example, request: "POST /v2/batch HTTP/1.1", host: "orders.juniper.example:9443"';
const REACHED =
  ', client: 198.51.100.23, server: orders.juniper.example, request: "POST /v2/batch HTTP/1.1", upstream: "https://203.0.113.80:8444/v2/batch?a=b", host: "orders.juniper.example"';

const last = (error: number | null, words: string): Finding => ({
  kind: "verify",
  error,
  depth: null,
  which: "last",
  words,
});

describe("the error log, of a client", () => {
  test("says who it was, where, and what failed", () => {
    expect(
      seen(
        `${HEAD}client SSL certificate verify error: (10:certificate has expired) while reading client request headers${LATE}`,
      ),
    ).toEqual({
      proxy: "nginx",
      log: "error",
      at: AT,
      zone: "assumed",
      keys: ["connection 904"],
      peer: { address: "198.51.100.23", port: null },
      direction: "inbound",
      outcome: "refused",
      finding: last(10, "certificate has expired"),
      certificate: null,
      serverName: "orders.juniper.example",
      listener: null,
      upstream: null,
      tls: null,
      status: null,
      quote:
        "client SSL certificate verify error: (10:certificate has expired) while reading client request headers",
    });
  });

  test.each<[string, Finding]>([
    ["(3:unable to get certificate CRL)", last(3, "unable to get certificate CRL")],
    ["(18:self signed certificate)", last(18, "self signed certificate")],
    ["(24:invalid CA certificate)", last(79, "invalid CA certificate")],
    ["(26:unsupported certificate purpose)", last(26, "unsupported certificate purpose")],
    ["certificate revoked", { ...last(23, "certificate revoked"), which: "first" } as Finding],
    [
      "certificate status request failed",
      { kind: "reason", reason: "ocsp-unavailable", words: "certificate status request failed" },
    ],
  ])("whose certificate is refused: %s", (words, finding) => {
    const line = `${HEAD}client SSL certificate verify error: ${words} while reading client request headers${LATE}`;
    expect(seen(line)).toMatchObject({ outcome: "refused", direction: "inbound", finding });
  });

  test.each<[string, Observation["outcome"], Reason]>([
    [
      "client sent no required SSL certificate while reading client request headers",
      "refused",
      "certificate-absent",
    ],
    [
      "client sent plain HTTP request to HTTPS port while reading client request headers",
      "refused",
      "plain-http",
    ],
    [
      "client attempted to request the server name different from the one that was negotiated while reading client request headers",
      "refused",
      "misdirected",
    ],
  ])("who sent a request: %s", (said, outcome, reason) => {
    expect(seen(HEAD + said + LATE)).toMatchObject({
      outcome,
      finding: { kind: "reason", reason },
      serverName: "orders.juniper.example",
      listener: null,
    });
  });

  const ssl = (text: string) => `SSL_do_handshake() failed (SSL: ${text}) while SSL handshaking`;

  test.each<[string, Observation["outcome"], Reason]>([
    [ssl("error:0A000102:SSL routines::unsupported protocol"), "refused", "protocol-version"],
    [
      ssl("error:14209102:SSL routines:tls_early_post_process_client_hello:unsupported protocol"),
      "refused",
      "protocol-version",
    ],
    [ssl("error:0A0000C1:SSL routines::no shared cipher"), "refused", "no-shared-cipher"],
    [ssl("error:0A000065:SSL routines::no suitable key share"), "refused", "no-shared-group"],
    [ssl("error:0A0000EB:SSL routines::no application protocol"), "refused", "alpn"],
    [
      ssl("error:06880006:asn1 encoding routines::EVP lib error:0A00007B:SSL routines::bad signature"),
      "refused",
      "bad-signature",
    ],
    [ssl(") (104: Connection reset by peer"), "refused", "reset"],
    ["handshake rejected while SSL handshaking", "refused", "server-name"],
    [
      'no "ssl_certificate" is defined in server listening on SSL port while SSL handshaking',
      "refused",
      "server-name",
    ],
    ["peer closed connection in SSL handshake while SSL handshaking", "refused", "closed"],
    [
      "peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking",
      "refused",
      "reset",
    ],
    ["client closed connection while SSL handshaking", "refused", "closed"],
    ["client closed connection while waiting for request", "unknown", "closed"],
    ["recv() failed (104: Connection reset by peer) while SSL handshaking", "refused", "reset"],
    ["recv() failed (104: Connection reset by peer) while waiting for request", "unknown", "reset"],
    ["client timed out (110: Connection timed out) while SSL handshaking", "refused", "timed-out"],
    [
      "ignoring stale global SSL error (SSL: error:06880006:asn1 encoding routines::EVP lib) while waiting for request",
      "unknown",
      "stale-error",
    ],
    [
      "SSL_read() failed (SSL: error:0A000119:SSL routines::decryption failed or bad record mac) while waiting for request",
      "unknown",
      "bad-record",
    ],
  ])("who did not get to a request: %s", (said, outcome, reason) => {
    expect(seen(HEAD + said + EARLY)).toMatchObject({
      direction: "inbound",
      outcome,
      finding: { kind: "reason", reason },
      serverName: null,
      listener: "0.0.0.0:9443",
    });
  });

  test.each<[string, number]>([
    [ssl("error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48"), 48],
    [
      ssl("error:14094415:SSL routines:ssl3_read_bytes:sslv3 alert certificate expired:SSL alert number 45"),
      45,
    ],
    [ssl("error:0A000412:SSL routines::ssl/tls alert bad certificate:SSL alert number 42"), 42],
    [
      "SSL_read() failed (SSL: error:0A000416:SSL routines::sslv3 alert certificate unknown:SSL alert number 46) while waiting for request",
      46,
    ],
  ])("who refuses the server: %s", (said, alert) => {
    expect(seen(HEAD + said + EARLY)).toMatchObject({
      direction: "inbound",
      outcome: "refused",
      finding: { kind: "alert-received", alert },
    });
  });

  test.each<[string, string]>([
    ["PROXY TCP4 198.51.100.23 203.0.113.9 41000 9443", "client sent invalid request"],
    ["SSH-2.0-libssh_0.10", "client sent invalid method"],
    ["OPTIONS rtsp://a RTSP/1.0", "client sent invalid version"],
  ])("who speaks something else: %s", (request, message) => {
    const line = `${HEAD}${message} while reading client request line, client: 198.51.100.23, server: , request: "${request}"`;
    expect(seen(line)).toMatchObject({
      outcome: "refused",
      finding: { kind: "reason", reason: "not-tls", words: request },
      serverName: null,
      listener: null,
    });
  });

  test("a text of OpenSSL that is not known is a refusal without a reason", () => {
    expect(seen(HEAD + ssl("error:0A0003E7:SSL routines::words to come") + EARLY)).toMatchObject({
      outcome: "refused",
      finding: null,
      quote:
        "SSL_do_handshake() failed (SSL: error:0A0003E7:SSL routines::words to come) while SSL handshaking",
    });
  });

  test("IPv6, a wildcard name, and a server without one", () => {
    const said = "client sent no required SSL certificate while reading client request headers";
    expect(
      seen(`${HEAD}${said}, client: 2001:db8::17, server: *.juniper.example, request: "GET / HTTP/2.0"`),
    ).toMatchObject({
      peer: { address: "2001:db8::17", port: null },
      serverName: "*.juniper.example",
    });
    expect(
      seen(`${HEAD}${said}, client: 2001:db8::17, server: _, request: "GET / HTTP/2.0"`).serverName,
    ).toBeNull();
    expect(
      seen(`${HEAD}handshake rejected while SSL handshaking, client: 2001:db8::17, server: [::]:9443`)
        .listener,
    ).toBe("[::]:9443");
  });

  test("what came with the request does not become the client, the server or the upstream", () => {
    const said = "client sent no required SSL certificate while reading client request headers";
    const request = 'GET /", client: 192.0.2.66, server: evil.example, upstream: "https://192.0.2.66/';
    const line = `${HEAD}${said}, client: 198.51.100.23, server: orders.juniper.example, request: "${request} HTTP/1.1", host: "x"`;
    expect(seen(line)).toMatchObject({
      peer: { address: "198.51.100.23" },
      serverName: "orders.juniper.example",
    });
  });
});

describe("the error log, of OCSP", () => {
  test.each<[string, Reason]>([
    ["recv() failed (111: Connection refused)", "ocsp-unavailable"],
    ["connect() failed (113: No route to host)", "ocsp-unavailable"],
    ["OCSP responder prematurely closed connection", "ocsp-unavailable"],
    ["OCSP responder timed out (110: Connection timed out)", "ocsp-unavailable"],
    ["OCSP response not successful (6: unauthorized)", "ocsp-unavailable"],
    [
      "OCSP_basic_verify() failed (SSL: error:13800065:OCSP routines::certificate verify error:Verify error: unable to get local issuer certificate)",
      "ocsp-untrusted",
    ],
  ])("%s", (message, reason) => {
    const tail =
      " while requesting certificate status, responder: ocsp.juniper.example, peer: 203.0.113.5:8889";
    expect(seen(HEAD + message + tail)).toMatchObject({
      outcome: "unknown",
      direction: "inbound",
      peer: null,
      keys: ["connection 904"],
      finding: { kind: "reason", reason },
    });
  });

  test("of the server's own certificate is about no connection", () => {
    const line =
      '2027/05/11 07:42:19 [error] 3311#3311: OCSP responder timed out (110: Connection timed out) while requesting certificate status, responder: o, peer: 203.0.113.5:80, certificate: "/etc/a.pem"';
    expect(parse(line)).toEqual({ kind: "other" });
  });
});

describe("the error log, of an upstream", () => {
  test.each<[string, object]>([
    [
      "SSL_do_handshake() failed (SSL: error:0A000415:SSL routines::sslv3 alert certificate expired:SSL alert number 45) while SSL handshaking to upstream",
      { kind: "alert-received", alert: 45 },
    ],
    [
      "SSL_read() failed (SSL: error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116) while reading response header from upstream",
      { kind: "alert-received", alert: 116 },
    ],
    [
      "SSL_write() failed (SSL: error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48) while sending request to upstream",
      { kind: "alert-received", alert: 48 },
    ],
    [
      "upstream SSL certificate verify error: (20:unable to get local issuer certificate) while SSL handshaking to upstream",
      { kind: "verify", error: 20, which: "first" },
    ],
    [
      'upstream SSL certificate does not match "vault.juniper.example" while SSL handshaking to upstream',
      { kind: "reason", reason: "name-mismatch", words: "vault.juniper.example" },
    ],
    [
      "SSL_do_handshake() failed (SSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number) while SSL handshaking to upstream",
      { kind: "reason", reason: "not-tls" },
    ],
    [
      "connect() failed (111: Connection refused) while connecting to upstream",
      { kind: "reason", reason: "unreachable" },
    ],
    [
      "upstream timed out (110: Connection timed out) while connecting to upstream",
      { kind: "reason", reason: "unreachable" },
    ],
    [
      "upstream timed out (110: Connection timed out) while SSL handshaking to upstream",
      { kind: "reason", reason: "timed-out" },
    ],
    [
      "peer closed connection in SSL handshake while SSL handshaking to upstream",
      { kind: "reason", reason: "closed" },
    ],
  ])("%s", (said, finding) => {
    expect(seen(HEAD.replace("info", "error") + said + REACHED)).toMatchObject({
      direction: "upstream",
      outcome: "refused",
      finding,
      peer: null,
      serverName: "orders.juniper.example",
      upstream: "203.0.113.80:8444",
    });
  });

  test("one that hangs up instead of an answer may have refused us", () => {
    const said = "upstream prematurely closed connection while reading response header from upstream";
    expect(seen(HEAD + said + REACHED)).toMatchObject({ outcome: "unknown", finding: { reason: "closed" } });
    expect(parse(HEAD + said + REACHED.replace("https:", "http:"))).toEqual({ kind: "other" });
  });

  test.each([
    "connect() failed (111: Connection refused) while connecting to upstream",
    "no live upstreams while connecting to upstream",
  ])("without TLS it is not ours: %s", (said) => {
    expect(parse(HEAD + said + REACHED.replace("https:", "http:"))).toEqual({ kind: "other" });
  });
});

describe("the error log at its level debug", () => {
  test("names each fault of a chain, its depth and its certificate", () => {
    const line = `${HEAD.replace("info", "debug")}verify:0, error:20, depth:1, subject:"/O=Juniper "Edge"/CN=Sub CA", issuer:"/O=Juniper/CN=Root 3"`;
    expect(seen(line)).toMatchObject({
      directionAssumed: true,
      outcome: "unknown",
      finding: { kind: "verify", error: 20, depth: 1, which: "first" },
      certificate: {
        role: "failing",
        subject: '/O=Juniper "Edge"/CN=Sub CA',
        issuer: "/O=Juniper/CN=Root 3",
      },
    });
  });

  test.each([
    `verify:1, error:0, depth:0, subject:"/CN=a", issuer:"/CN=b"`,
    "SSL_do_handshake: -1",
    'SSL: TLSv1.3, cipher: "TLS_AES_256_GCM_SHA384"',
  ])("%s is about something else", (message) => {
    expect(parse(HEAD.replace("info", "debug") + message)).toEqual({ kind: "other" });
  });
});

test.each([
  "2027/05/11 07:42:19 [notice] 3300#3300: signal 1 (SIGHUP) received, reconfiguring",
  '2027/05/11 07:42:19 [warn] 3300#3300: conflicting server name "a" on 0.0.0.0:443, ignored',
  `${HEAD}client 198.51.100.23 closed keepalive connection`,
  `${HEAD}client timed out (110: Connection timed out) while waiting for request${EARLY}`,
  `${HEAD}open() "/srv/x" failed (2: No such file or directory)${LATE}`,
  `${HEAD}client sent invalid method while reading client request line, client: 198.51.100.23, server: , request: "\x16\x03\x01\x02"`,
  '198.51.100.23 - - [11/May/2027:07:42:19 +0000] "\\x16\\x03\\x01\\x02\\x00" 400 157 "-" "-"',
])("about something else: %j", (line) => {
  expect(parse(line)).toEqual({ kind: "other" });
});

describe("the access log in its default format", () => {
  const line = (request: string, rest: string, user = "-") =>
    `198.51.100.23 - ${user} [11/May/2027:09:42:19 +0200] "${request}" ${rest} "-" "curl/8.9"`;

  test("says who was served", () => {
    expect(seen(line("GET /v2/list HTTP/1.1", "200 512"))).toEqual({
      proxy: "nginx",
      log: "access",
      at: AT,
      zone: "said",
      keys: [],
      peer: { address: "198.51.100.23", port: null },
      direction: "inbound",
      outcome: "accepted",
      finding: null,
      certificate: null,
      serverName: null,
      listener: null,
      upstream: null,
      tls: null,
      status: 200,
      quote: '"GET /v2/list HTTP/1.1" 200',
    });
  });

  test.each<[string, string, string]>([
    ["nginx's page for any fault of a certificate", "400 208", "The SSL certificate error"],
    ["the same with its version", "400 215", "The SSL certificate error"],
    ["nginx's page for none", "400 230", "No required SSL certificate was sent"],
    ["the same of OpenResty", "400 243", "No required SSL certificate was sent"],
    ["nginx's page for plain HTTP", "400 248", "The plain HTTP request was sent to HTTPS port"],
    ["the page for any other bad request", "400 150", ""],
    ["a page of one's own", "400 9731", ""],
    ["no length", "400 -", ""],
  ])("a 400 says no more than its page may be: %s", (_, rest, words) => {
    expect(seen(line("GET / HTTP/1.1", rest))).toMatchObject({
      outcome: "refused",
      finding: { kind: "reason", reason: "not-said", words },
    });
  });

  test.each<[string, string, object]>([
    [
      "another name than that of the handshake",
      "421 166",
      { outcome: "refused", finding: { reason: "misdirected" } },
    ],
    [
      "a status that an error page kept",
      "496 0",
      { outcome: "refused", finding: { reason: "certificate-absent" } },
    ],
    ["another such", "495 0", { outcome: "refused", finding: { kind: "verify", error: null } }],
    [
      "an upstream that failed, for whatever reason",
      "502 552",
      { outcome: "unknown", direction: "upstream", finding: null, peer: null },
    ],
    ["an application's refusal", "403 12", { outcome: "accepted", finding: null }],
    ["a client that waited too long", "408 0", { outcome: "unknown" }],
  ])("%s", (_, rest, expected) => {
    expect(seen(line("GET / HTTP/1.1", rest))).toMatchObject(expected);
  });

  test.each(["PROXY TCP6 2001:db8::1 2001:db8::2 41000 443", "SSH-2.0-Go", "\\x03\\x00\\x00/*\\xE0"])(
    "no HTTP is no TLS: %s",
    (request) => {
      expect(seen(line(request, "400 150"))).toMatchObject({
        outcome: "refused",
        finding: { kind: "reason", reason: "not-tls", words: request },
      });
    },
  );

  test("the name of a user cannot move the time, and other formats may add to both ends", () => {
    expect(seen(line("GET / HTTP/1.1", "200 1", "a [01/Jan/1999:00:00:00 +0000 b"))).toMatchObject({
      at: AT,
    });
    expect(
      seen(`orders.juniper.example:9443 ${line("GET / HTTP/1.1", "400 230")} "198.51.100.9" 0.004`),
    ).toMatchObject({
      peer: { address: "198.51.100.23" },
      status: 400,
    });
  });
});

const RECOMMENDED = {
  time: "2027-05-11T09:42:19+02:00",
  msec: "1810021339.081",
  connection: "904",
  remote_addr: "198.51.100.23",
  remote_port: "50018",
  server_port: "9443",
  server_name: "orders.juniper.example",
  ssl_server_name: "orders.juniper.example",
  host: "orders.juniper.example:9443",
  request: "POST /v2/batch HTTP/1.1",
  status: 400,
  ssl_protocol: "TLSv1.3",
  ssl_cipher: "TLS_AES_128_GCM_SHA256",
  ssl_client_verify: "FAILED:self-signed certificate",
  ssl_client_s_dn: 'CN=Z\\C3\\BCrcher "Filiale",O=Juniper\\, Ltd',
  ssl_client_i_dn: "CN=Juniper Issuing 2,O=Juniper",
  ssl_client_serial: "00A7F3",
  ssl_client_fingerprint: "0C1D2E3F405162738495A6B7C8D9EAFB0C1D2E3F",
  ssl_client_v_start: "Apr  2 10:00:00 2027 GMT",
  ssl_client_v_end: "Apr 30 10:00:00 2027 GMT",
  upstream_addr: "",
  upstream_status: "",
};
const json = (fields: object) => JSON.stringify({ ...RECOMMENDED, ...fields });
const NO_CERTIFICATE = {
  ssl_client_s_dn: "",
  ssl_client_i_dn: "",
  ssl_client_serial: "",
  ssl_client_fingerprint: "",
  ssl_client_v_start: "",
  ssl_client_v_end: "",
};

describe("the access log in the JSON that we recommend", () => {
  test("says all", () => {
    expect(seen(json({}))).toEqual({
      proxy: "nginx",
      log: "access",
      at: AT + 81,
      zone: "said",
      keys: ["connection 904", "peer 198.51.100.23:50018"],
      peer: { address: "198.51.100.23", port: 50_018 },
      direction: "inbound",
      outcome: "refused",
      finding: last(18, "self-signed certificate"),
      certificate: {
        role: "leaf",
        subject: 'CN=Z\\C3\\BCrcher "Filiale",O=Juniper\\, Ltd',
        issuer: "CN=Juniper Issuing 2,O=Juniper",
        serial: "a7f3",
        sha1: "0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f",
        sha256: null,
        notBefore: Date.parse("2027-04-02T10:00:00Z"),
        notAfter: Date.parse("2027-04-30T10:00:00Z"),
        names: [],
      },
      serverName: "orders.juniper.example",
      listener: ":9443",
      upstream: null,
      tls: "1.3",
      status: 400,
      quote: '"ssl_client_verify":"FAILED:self-signed certificate"',
    });
  });

  test.each<[string, object, object]>([
    [
      "none",
      { ssl_client_verify: "NONE", ...NO_CERTIFICATE },
      { outcome: "refused", finding: { reason: "certificate-absent" }, certificate: null },
    ],
    [
      "none, where it is optional",
      { ssl_client_verify: "NONE", status: 200 },
      { outcome: "accepted", finding: null },
    ],
    [
      "none, where the application may mind",
      { ssl_client_verify: "NONE", status: 403 },
      { outcome: "unknown", finding: { reason: "certificate-absent" } },
    ],
    ["a bad one, where it is optional", { status: 200 }, { outcome: "accepted", finding: { error: 18 } }],
    [
      "a good one",
      { ssl_client_verify: "SUCCESS", status: 204 },
      { outcome: "accepted", finding: null, certificate: { serial: "a7f3" } },
    ],
    [
      "a good one, and another fault of the request",
      { ssl_client_verify: "SUCCESS" },
      { outcome: "accepted", finding: null },
    ],
    [
      "a good one, and another host",
      { ssl_client_verify: "SUCCESS", status: 421 },
      { outcome: "refused", finding: { reason: "misdirected" } },
    ],
    [
      "OCSP's answer is missing",
      { ssl_client_verify: "FAILED:certificate status request failed" },
      { finding: { reason: "ocsp-unavailable" } },
    ],
    [
      "words that are not known",
      { ssl_client_verify: "FAILED:words to come" },
      { outcome: "refused", finding: { kind: "verify", error: null, words: "words to come" } },
    ],
    [
      "no reason",
      { ssl_client_verify: "FAILED" },
      { outcome: "refused", finding: { kind: "verify", error: null, words: "" } },
    ],
    [
      "no TLS at all",
      { ...NO_CERTIFICATE, ssl_client_verify: "", ssl_protocol: "", ssl_cipher: "", ssl_server_name: "" },
      {
        outcome: "refused",
        tls: null,
        certificate: null,
        finding: { reason: "not-said", words: "the connection has no TLS" },
      },
    ],
    [
      "no HTTP",
      { ssl_client_verify: "", ssl_protocol: "", request: "SSH-2.0-Go" },
      { finding: { reason: "not-tls", words: "SSH-2.0-Go" } },
    ],
    [
      "an upstream that failed",
      {
        ssl_client_verify: "SUCCESS",
        status: 502,
        upstream_addr: "203.0.113.8:8444, 203.0.113.9:8444",
        upstream_status: "502, 502",
      },
      {
        direction: "upstream",
        outcome: "unknown",
        finding: null,
        peer: null,
        certificate: null,
        upstream: "203.0.113.9:8444",
        quote: '"status":502',
      },
    ],
  ])("%s", (_, fields, expected) => {
    expect(seen(json(fields))).toMatchObject(expected);
  });

  test("members may be missing, of another kind, or called as the variable", () => {
    const few = {
      time_local: "11/May/2027:09:42:19 +0200",
      remote_addr: "2001:db8::5",
      status: "400",
      ssl_client_verify: "NONE",
    };
    expect(seen(JSON.stringify(few))).toMatchObject({
      at: AT,
      keys: [],
      peer: { address: "2001:db8::5", port: null },
      finding: { reason: "certificate-absent" },
      listener: null,
      tls: null,
    });
    const wrong = {
      status: 400,
      remote_addr: ["a"],
      remote_port: {},
      ssl_client_verify: 7,
      connection: null,
      msec: true,
      request: null,
    };
    expect(seen(JSON.stringify(wrong))).toMatchObject({
      at: null,
      peer: null,
      finding: { reason: "not-said" },
    });
  });

  test("a fingerprint of SHA-256 is taken as that", () => {
    expect(seen(json({ ssl_client_fingerprint: "AB".repeat(32) })).certificate).toMatchObject({
      sha1: null,
      sha256: "ab".repeat(32),
    });
  });
});

test.each<[string, string]>([
  ["syslog", `<187>May 11 07:42:20 edge-3 nginx: ${HEAD}handshake rejected while SSL handshaking${EARLY}`],
  ["syslog, JSON", `<190>May 11 07:42:20 edge-3 nginx: ${json({})}`],
  [
    "Kubernetes",
    `2027-05-11T07:42:20.000000001Z stderr F ${HEAD}handshake rejected while SSL handshaking${EARLY}`,
  ],
])("what is put before a line is taken off: %s", (_, line) => {
  expect(seen(line)).toMatchObject({ proxy: "nginx", keys: expect.arrayContaining(["connection 904"]) });
});

test.each([
  "",
  " ",
  "hello",
  "2027/05/11 07:42:19 [info] 3311#33",
  "2027-05-11T07:42:19Z something else",
  '198.51.100.23 - - [11/May/2027:09:42:19 +0200] "GET / HT',
  '198.51.100.23 - - [11/May/2027:09:42:19 +0200] "GET / HTTP/1.1"',
  json({}).slice(0, -1),
  '{"level":"debug","ts":1,"msg":"http: TLS handshake error"}',
  "[1,2]",
  "null",
])("not understood: %j", (line) => {
  expect(parse(line)).toEqual({ kind: "not-understood" });
});

test("a line that was cut off in its end still says what is left", () => {
  expect(seen(`${HEAD}client SSL certificate verify error: (10:certificate has exp`)).toMatchObject({
    finding: { kind: "verify", error: 10 },
    peer: null,
  });
});

const SAMPLES = [
  `${HEAD}client SSL certificate verify error: (10:certificate has expired) while reading client request headers${LATE}`,
  `${HEAD}SSL_read() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while reading response header from upstream${REACHED}`,
  `${HEAD}verify:0, error:20, depth:1, subject:"/CN=a", issuer:"/CN=b"`,
  '198.51.100.23 - - [11/May/2027:09:42:19 +0200] "GET / HTTP/1.1" 400 230 "-" "curl/8.9"',
  json({}),
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
  ["a message", HEAD, " while "],
  ["fields", `${HEAD}handshake rejected while SSL handshaking`, ", client: "],
  ["a request", `${HEAD}client sent invalid request while reading client request line${LATE}`, '", "'],
  ["errors", `${HEAD}SSL_do_handshake() failed (SSL: `, "error:0A000001:"],
  ["a name", `${HEAD}verify:0, error:20, depth:1, subject:"`, ', issuer:"'],
  ["times", "198.51.100.23 - - ", " [11/May/2027:09:42:19 +0200 "],
  ["words before a time", "", "a "],
  ["a request in an access log", '198.51.100.23 - - [11/May/2027:09:42:19 +0200] "', "\\x22"],
  ["JSON", '{"status":400,"remote_addr":"', "\\u0041"],
  ["depth", '{"status":', "["],
  ["escapes", "", "\x1b[1;"],
])("a long line takes no longer per byte than a short one: %s", (_, head, part) => {
  expect(slowdown(parse, head, part)).toBeLessThan(SLOWDOWN_MAX);
});
