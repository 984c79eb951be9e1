import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import type { Finding, Reason } from "#lib/handshake/observation.ts";
import { findingOfOpenssl } from "./openssl-words.ts";

const verification = (error: number | null, words: string, depth: number | null = null): Finding => ({
  kind: "verify",
  error,
  depth,
  which: "first",
  words,
});

describe("the number of a verification comes before all words", () => {
  test.each<[string, Finding]>([
    ["(10:certificate has expired)", verification(10, "certificate has expired")],
    [
      "(20:unable to get local issuer certificate) while",
      verification(20, "unable to get local issuer certificate"),
    ],
    ["(26:unsupported certificate purpose)", verification(26, "unsupported certificate purpose")],
    ["(26:unsuitable certificate purpose)", verification(26, "unsuitable certificate purpose")],
    [
      "(37:invalid non-CA certificate (has CA markings))",
      verification(37, "invalid non-CA certificate (has CA markings)"),
    ],
    ["(56:Suite B: certificate version invalid)", verification(56, "Suite B: certificate version invalid")],
    ["(83:words of a version to come)", verification(83, "words of a version to come")],
    [
      "verify error:num=18:self signed certificate:depth=0:subject=C = SE, CN = a",
      verification(18, "self signed certificate", 0),
    ],
    [
      "error=certificate verify failed, num=12:CRL has expired, depth: 1",
      verification(12, "CRL has expired, depth: 1", 1),
    ],
    [
      "Verification: Error (19): self-signed certificate in certificate chain [subject: CN=a]",
      verification(19, "self-signed certificate in certificate chain"),
    ],
    ["error 23 at 1 depth lookup: certificate revoked", verification(23, "certificate revoked", 1)],
  ])("%s", (text, expected) => {
    expect(findingOfOpenssl(text)).toEqual(expected);
  });

  test("what 1.1.1 calls 24 is 79 since 3.0", () => {
    expect(findingOfOpenssl("(24:invalid CA certificate)")).toMatchObject({ error: 79 });
    expect(findingOfOpenssl("(24:issuer certificate doesn't have a public key)")).toMatchObject({
      error: 24,
    });
  });

  test("no error is none", () => {
    expect(findingOfOpenssl("(0:ok)")).toBeNull();
  });
});

describe("an alert that came in, as versions have it", () => {
  test.each<[string, number]>([
    ["error:0A000415:SSL routines::sslv3 alert certificate expired:SSL alert number 45", 45],
    ["error:0A000415:SSL routines::ssl/tls alert certificate expired:SSL alert number 45", 45],
    ["error:0A000418:SSL routines::tlsv1 alert unknown ca", 48],
    ["error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca", 48],
    ["error:14094412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate", 42],
    ["error:1409445C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required", 116],
    ["error:1404C42E:SSL routines:ST_OK:tlsv1 alert protocol version", 70],
    ["error:14094458:SSL routines:SSL3_READ_BYTES:tlsv1 unrecognized name", 112],
    ["sslv3 alert certificate revoked", 44],
    ["ssl/tls alert handshake failure", 40],
    ["tlsv1 unrecognized name", 112],
    ["tlsv1 alert no application protocol", 120],
    ["tlsv1 bad certificate status response", 113],
  ])("%s", (text, alert) => {
    expect(findingOfOpenssl(text)).toEqual({ kind: "alert-received", alert });
  });
});

describe("what else fails", () => {
  test.each<[string, Reason]>([
    ["error:0A0000C7:SSL routines::peer did not return a certificate", "certificate-absent"],
    [
      "error:1417C0C7:SSL routines:tls_process_client_certificate:peer did not return a certificate",
      "certificate-absent",
    ],
    [
      "error:140890C7:SSL routines:SSL3_GET_CLIENT_CERTIFICATE:peer did not return a certificate",
      "certificate-absent",
    ],
    ["error:140890B2:SSL routines:SSL3_GET_CLIENT_CERTIFICATE:no certificate returned", "certificate-absent"],
    ["error:0A00007B:SSL routines::bad signature", "bad-signature"],
    ["error:02000068:rsa routines::bad signature error:0A000004:SSL routines::RSA lib", "bad-signature"],
    [
      "error:06880006:asn1 encoding routines::EVP lib error:0A00007B:SSL routines::bad signature",
      "bad-signature",
    ],
    ["error:0A000102:SSL routines::unsupported protocol", "protocol-version"],
    [
      "error:14209102:SSL routines:tls_early_post_process_client_hello:unsupported protocol",
      "protocol-version",
    ],
    ["error:0A0000C1:SSL routines::no shared cipher -- Too restrictive SSLCipherSuite", "no-shared-cipher"],
    ["error:0A000065:SSL routines::no suitable key share", "no-shared-group"],
    ["error:0A000178:SSL routines::no shared signature algorithms", "no-shared-signature-algorithm"],
    [
      "error:14201076:SSL routines:tls_choose_sigalg:no suitable signature algorithm",
      "no-shared-signature-algorithm",
    ],
    ["error:0A0000EB:SSL routines::no application protocol", "alpn"],
    ["error:0A0000EA:SSL routines::callback failed", "server-name"],
    ["error:0A00009C:SSL routines::http request", "plain-http"],
    ["error:0A00010B:SSL routines::wrong version number", "not-tls"],
    ["error:140760FC:SSL routines:SSL23_GET_CLIENT_HELLO:unknown protocol", "not-tls"],
    ["error:0A000126:SSL routines::unexpected eof while reading", "closed"],
    ["error:0A000119:SSL routines::decryption failed or bad record mac", "bad-record"],
    ["error:80000068:system library::Connection reset by peer", "reset"],
    ["(SSL:) (104: Connection reset by peer)", "reset"],
    ["connect: Connection refused (111)", "unreachable"],
    [
      "error:13800065:OCSP routines::certificate verify error:Verify error: unable to get local issuer certificate",
      "ocsp-untrusted",
    ],
    ["error:27069076:OCSP routines:OCSP_basic_verify:signer certificate not found", "ocsp-untrusted"],
    ["error:1380007D:OCSP routines::status expired", "ocsp-unavailable"],
  ])("%s", (text, reason) => {
    expect(findingOfOpenssl(text)).toMatchObject({ kind: "reason", reason });
  });
});

describe("a verification without its number", () => {
  test.each<[string, Finding]>([
    ["error:0A000086:SSL routines::certificate verify failed", verification(null, "")],
    [
      "error:1417C086:SSL routines:tls_process_client_certificate:certificate verify failed",
      verification(null, ""),
    ],
    ["FAILED:certificate is not yet valid", verification(9, "certificate is not yet valid")],
    [
      "self signed certificate in certificate chain",
      verification(19, "self signed certificate in certificate chain"),
    ],
    ["at depth 2: Certificate Has Expired", verification(10, "Certificate Has Expired", 2)],
    [
      "certificate verify failed: CA signature digest algorithm too weak",
      verification(68, "CA signature digest algorithm too weak"),
    ],
  ])("%s", (text, expected) => {
    expect(findingOfOpenssl(text)).toEqual(expected);
  });
});

test.each([
  "",
  "error:0A000086",
  "error:ZZZZZZZZ:SSL routines::x",
  "error:0A000FFF:something:new",
  "error:0A0000A1:SSL routines::library has no ciphers",
  "SSL alert number",
  "SSL alert number 999",
  "client certificate not trusted",
  "(104)",
])("nothing is made of %j", (text) => {
  expect(findingOfOpenssl(text)).toBeNull();
});

const SAMPLES = [
  "(SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while SSL handshaking",
  "client SSL certificate verify error: (20:unable to get local issuer certificate)",
  "verify error:num=18:self signed certificate:depth=0:subject=C = SE, CN = a",
  "error:06880006:asn1 encoding routines::EVP lib error:0A00007B:SSL routines::bad signature",
];

test("whatever is left of a text, nothing is thrown, and words stay short", () => {
  fc.assert(
    fc.property(mutatedLine(SAMPLES), (text) => {
      const finding = findingOfOpenssl(text);
      if (finding?.kind === "verify") expect(finding.words.length).toBeLessThanOrEqual(300);
      if (finding?.kind === "alert-received") expect(finding.alert).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each(["error:0A000001:", "(1", "num=", "alert number ", "sslv3 alert ", "(10:", "depth"])(
  "a long text takes no longer per byte than a short one: %s",
  (part) => {
    expect(slowdown(findingOfOpenssl, "", part)).toBeLessThan(SLOWDOWN_MAX);
  },
);
