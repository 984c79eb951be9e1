import { describe, expect, test } from "vitest";
import type { Finding, Reason } from "#lib/handshake/observation.ts";
import { goHandshakeError } from "./go-handshake-line.ts";
import { findingOfGo } from "./go-words.ts";

describe("alerts that the other side sent", () => {
  test.each<[string, number | null]>([
    ["remote error: tls: bad certificate", 42],
    ["remote error: tls: revoked certificate", 44],
    ["remote error: tls: expired certificate", 45],
    ["remote error: tls: unknown certificate", 46],
    ["remote error: tls: unknown certificate authority", 48],
    ["remote error: tls: handshake failure", 40],
    ["remote error: tls: protocol version not supported", 70],
    ["remote error: tls: insufficient security level", 71],
    ["remote error: tls: user canceled", 90],
    ["remote error: tls: certificate required", 116],
    ["remote error: tls: bad certificate status response", 113],
    ["remote error: tls: no application protocol", 120],
    ["remote error: tls: alert(116)", 116],
    ["remote error: tls: something of tomorrow", null],
    ["readLoopPeekFailLocked: remote error: tls: bad certificate", 42],
    ['Get "https://10.8.0.9:9443/": remote error: tls: expired certificate"', 45],
    ["CRYPTO_ERROR 0x130 (remote): tls: unknown certificate authority", 48],
  ])("%s", (text, alert) => {
    expect(findingOfGo(text)).toEqual({ kind: "alert-received", alert });
  });
});

describe("certificates that were not accepted", () => {
  const old = "tls: failed to verify client's certificate: ";
  const until119 = "tls: failed to verify client certificate: ";
  const since120 = "tls: failed to verify certificate: ";
  test.each<[string, number | null]>([
    [`${old}x509: certificate signed by unknown authority`, 20],
    [`${until119}x509: certificate signed by unknown authority`, 20],
    [`${since120}x509: certificate signed by unknown authority`, 20],
    ["x509: certificate signed by unknown authority", 20],
    [
      `${since120}x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "Quarry Root")`,
      7,
    ],
    [
      `${since120}x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "Quarry Root")`,
      7,
    ],
    [
      `${until119}x509: certificate signed by unknown authority (possibly because of "x509: invalid signature: parent certificate cannot sign this kind of certificate" while trying to verify candidate authority certificate "till.example")`,
      79,
    ],
    [
      `${until119}x509: certificate signed by unknown authority (possibly because of "x509: cannot verify signature: insecure algorithm SHA1-RSA (temporarily override with GODEBUG=x509sha1=1)" while trying to verify candidate authority certificate "Quarry CA 3")`,
      68,
    ],
    [
      `${since120}x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "parent certificate cannot sign")`,
      7,
    ],
    [`${since120}x509: certificate specifies an incompatible key usage`, 26],
    [
      `${since120}x509: a root or intermediate certificate is not authorized for an extended key usage: EKU not permitted: []asn1.ObjectIdentifier{}`,
      26,
    ],
    [`${since120}x509: unhandled critical extension`, 34],
    [`${since120}x509: too many intermediates for path length constraint`, 25],
    [`${since120}x509: certificate is not authorized to sign other certificates`, 79],
    [`${since120}x509: issuer name does not match subject from issuing certificate`, 29],
    [
      `${since120}x509: a root or intermediate certificate is not authorized to sign for this name: DNS name "till.example" is not permitted by any constraint`,
      47,
    ],
    [
      `${since120}x509: a root or intermediate certificate is not authorized to sign for this name: DNS name "till.example" is excluded by constraint "example"`,
      48,
    ],
    ["x509: “till.example” certificate is not trusted", 20],
    [`${since120}x509: malformed certificate`, null],
    ["tls: failed to verify certificate: client certificate revoked", 23],
    ["tls: failed to parse client certificate: asn1: structure error", null],
    ["client leaf certificate failed validation", null],
  ])("%s", (text, error) => {
    expect(findingOfGo(text)).toMatchObject({ kind: "verify", error, depth: null, which: "first" });
  });

  test.each<[string, number | null, string | undefined]>([
    ["is after 2026-03-02T08:00:00Z", 10, "2026-03-02T08:00:00Z"],
    ["is before 2026-05-30T10:00:00+02:00", 9, "2026-05-30T08:00:00Z"],
    ['is after 2026-03-02T08:00:00Z"}', 10, "2026-03-02T08:00:00Z"],
    ["is after tomorrow", 10, undefined],
    ["is af", null, undefined],
  ])("the date that failed is in the text: %s", (limit, error, failedAt) => {
    const text = `x509: certificate has expired or is not yet valid: current time 2026-04-09T07:31:00+02:00 ${limit}`;
    const finding = findingOfGo(text) as Finding & { kind: "verify" };
    expect(finding.error).toBe(error);
    expect(finding.failedAt).toBe(failedAt === undefined ? undefined : Date.parse(failedAt));
  });

  test("up to Go 1.12 the text does not say whether it is over or has not begun", () => {
    const text = `${old}x509: certificate has expired or is not yet valid`;
    expect(findingOfGo(text)).toMatchObject({ kind: "verify", error: null });
  });

  test.each([
    "x509: certificate is valid for depot.example, *.depot.example, not till.example",
    "x509: certificate is not valid for any names, but wanted to match till.example",
    "x509: cannot validate certificate for 10.8.0.9 because it doesn't contain any IP SANs",
    "x509: certificate relies on legacy Common Name field, use SANs instead",
  ])("a certificate for another name: %s", (text) => {
    expect(findingOfGo(`tls: failed to verify certificate: ${text}`)).toEqual({
      kind: "reason",
      reason: "name-mismatch",
      words: text.slice("x509: ".length),
    });
  });
});

describe("other reasons", () => {
  test.each<[string, Reason]>([
    ["tls: client didn't provide a certificate", "certificate-absent"],
    ["tls: invalid signature by the client certificate: crypto/rsa: verification error", "bad-signature"],
    ["tls: could not validate signature of connection nonces: x", "bad-signature"],
    ["tls: client offered only unsupported versions: [302 301]", "protocol-version"],
    ["tls: client using inappropriate protocol fallback", "protocol-version"],
    ["tls: unsupported SSLv2 handshake received", "protocol-version"],
    ["tls: server selected unsupported protocol version 301", "protocol-version"],
    ["tls: no cipher suite supported by both client and server", "no-shared-cipher"],
    ["tls: no cipher suite supported by both client and server; client offered: [9c]", "no-shared-cipher"],
    ["tls: no ECDHE curve supported by both client and server", "no-shared-group"],
    ["tls: no key exchanges supported by both client and server", "no-shared-group"],
    [
      "tls: peer doesn't support any of the certificate's signature algorithms",
      "no-shared-signature-algorithm",
    ],
    ["tls: client requested unsupported application protocols ([smtp])", "alpn"],
    ['tls: client requested unsupported application protocols (["smtp"])', "alpn"],
    ["no certificate available for 'depot.example'", "server-name"],
    [
      'strict SNI enabled - No certificate found for domain: "depot.example", closing connection',
      "server-name",
    ],
    [
      "strict host matching: TLS ServerName (a.example) and HTTP Host (b.example) values differ",
      "misdirected",
    ],
    ["client sent an HTTP request to an HTTPS server", "plain-http"],
    ["http: server gave HTTP response to HTTPS client", "plain-http"],
    ["tls: first record does not look like a TLS handshake", "not-tls"],
    ["tls: oversized record received with length 21331", "not-tls"],
    ["local error: tls: bad record MAC", "bad-record"],
    ["dial tcp 10.8.0.9:9443: connect: connection refused", "unreachable"],
    ["dial tcp 10.8.0.9:9443: i/o timeout", "unreachable"],
    ["dial tcp: lookup till.example on 10.8.0.1:53: no such host", "unreachable"],
    ["read tcp 10.8.0.1:8443->10.8.0.7:50112: i/o timeout", "timed-out"],
    ["net/http: TLS handshake timeout", "timed-out"],
    ["context deadline exceeded", "timed-out"],
    ["read tcp 10.8.0.1:8443->10.8.0.7:50112: read: connection reset by peer", "reset"],
    ["write tcp 10.8.0.1:8443->10.8.0.7:50112: write: broken pipe", "closed"],
    ["EOF", "closed"],
    ["unexpected EOF", "closed"],
  ])("%s", (text, reason) => {
    expect(findingOfGo(text)).toMatchObject({ kind: "reason", reason });
  });

  test.each([
    "",
    "tls: either ServerName or InsecureSkipVerify must be specified",
    "context canceled",
    "GEOFENCE",
  ])("%j says nothing of why", (text) => {
    expect(findingOfGo(text)).toBeNull();
  });
});

describe("the line of Go's HTTP server", () => {
  test("has the client's address and port, and what went wrong", () => {
    expect(goHandshakeError("http: TLS handshake error from 10.8.0.7:50112: EOF")).toMatchObject({
      keys: ["peer 10.8.0.7:50112"],
      peer: { address: "10.8.0.7", port: 50_112 },
      finding: { kind: "reason", reason: "closed" },
      quote: "EOF",
    });
  });

  test("may be of IPv6, also with a zone", () => {
    const text = "http: TLS handshake error from [fe80::7%eth0]:50112: unexpected EOF";
    expect(goHandshakeError(text)?.peer).toEqual({ address: "fe80::7%eth0", port: 50_112 });
  });

  test("has the proxy's own end when the network failed", () => {
    const said = "read tcp 10.8.0.1:8443->10.8.0.7:50112: i/o timeout";
    expect(goHandshakeError(`http: TLS handshake error from 10.8.0.7:50112: ${said}`)?.listener).toBe(
      "10.8.0.1:8443",
    );
  });

  test.each<[string, string | null]>([
    ["no certificate available for 'depot.example'", "depot.example"],
    ["no certificate available for '10.8.0.1'", null],
    [
      'strict SNI enabled - No certificate found for domain: "depot.example", closing connection',
      "depot.example",
    ],
    ['strict SNI enabled - No certificate found for domain: "", closing connection', null],
  ])("has the name that was asked for: %s", (said, name) => {
    expect(goHandshakeError(`http: TLS handshake error from 10.8.0.7:50112: ${said}`)?.serverName).toBe(name);
  });

  test("says at least that something went wrong when the words are new", () => {
    expect(
      goHandshakeError("http: TLS handshake error from 10.8.0.7:50112: tls: quite new")?.finding,
    ).toEqual({
      kind: "reason",
      reason: "not-said",
      words: "tls: quite new",
    });
  });

  test.each([
    "http: TLS handshake error from 10.8.0.7:50112",
    "http: TLS handshake error from ",
    "http: panic serving",
  ])("%j is none", (text) => {
    expect(goHandshakeError(text)).toBeNull();
  });
});
