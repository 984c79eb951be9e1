import { describe, expect, test } from "vitest";
import type { Finding, Reason } from "#lib/handshake/observation.ts";
import { findingOfBoring } from "./boring-words.ts";

const ssl = (reason: number, name: string, more = "") =>
  `TLS_error:|${0x10000000 + reason}:SSL routines:OPENSSL_internal:${name}${more}:TLS_error_end`;

describe("certificates that were not accepted", () => {
  const failed = (detail: string) => ssl(125, "CERTIFICATE_VERIFY_FAILED", `:verify cert failed: ${detail}`);
  const verify = (error: number | null, depth: number | null, words: string): Finding => ({
    kind: "verify",
    error,
    depth,
    which: "first",
    words,
  });
  const x509 = "X509_verify_cert: certificate verification error at depth";

  test.each<[string, string, Finding]>([
    [
      "of 2021",
      "TLS error: 268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED",
      verify(null, null, "CERTIFICATE_VERIFY_FAILED"),
    ],
    ["of 2023", ssl(125, "CERTIFICATE_VERIFY_FAILED"), verify(null, null, "CERTIFICATE_VERIFY_FAILED")],
    [
      "with its cause",
      failed(`${x509} 0: certificate has expired`),
      verify(10, 0, "certificate has expired"),
    ],
    [
      "at another depth",
      failed(`${x509} 2: certificate has expired`),
      verify(10, 2, "certificate has expired"),
    ],
    [
      "of an unknown issuer",
      failed(`${x509} 1: unable to get local issuer certificate`),
      verify(20, 1, "unable to get local issuer certificate"),
    ],
    [
      "self-signed, in the words of BoringSSL",
      failed(`${x509} 0: self signed certificate`),
      verify(18, 0, "self signed certificate"),
    ],
    ["revoked", failed(`${x509} 0: certificate revoked`), verify(23, 0, "certificate revoked")],
    ["an old list", failed(`${x509} 0: CRL has expired`), verify(12, 0, "CRL has expired")],
    ["words of tomorrow", failed(`${x509} 0: stars are wrong`), verify(null, 0, "stars are wrong")],
    [
      "not one of those pinned",
      failed("cert hash and spki"),
      verify(null, null, "verify cert failed: cert hash and spki"),
    ],
    [
      "the detail alone",
      `verify cert failed: ${x509} 1: certificate is not yet valid`,
      verify(9, 1, "certificate is not yet valid"),
    ],
    [
      "the detail of old",
      `${x509} 1: certificate is not yet valid`,
      verify(9, 1, "certificate is not yet valid"),
    ],
    [
      "in the body of an answer",
      `TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_X509_verify_cert:_certificate_verification_error_at_depth_0:_certificate_has_expired:TLS_error_end`,
      verify(10, 0, "certificate_has_expired"),
    ],
    ["the name alone", "CERTIFICATE_VERIFY_FAILED", verify(null, null, "CERTIFICATE_VERIFY_FAILED")],
  ])("%s", (_, text, finding) => {
    expect(findingOfBoring(text)).toEqual(finding);
  });

  test.each([
    "SAN matcher, certificate SANs are [spiffe://quarry.example/ns/a/sa/b]",
    "verify SAN list, expected SANs: [depot.example], certificate SANs: [certificate verification error at depth 0: revoked]",
  ])("names that are not the ones that are wanted: %s", (detail) => {
    expect(findingOfBoring(failed(detail))).toEqual({
      kind: "reason",
      reason: "name-mismatch",
      words: `verify cert failed: ${detail}`,
    });
  });
});

describe("alerts that the other side sent", () => {
  test.each<[string, number]>([
    [ssl(1048, "TLSV1_ALERT_UNKNOWN_CA"), 48],
    [ssl(1045, "SSLV3_ALERT_CERTIFICATE_EXPIRED"), 45],
    [ssl(1116, "TLSV1_ALERT_CERTIFICATE_REQUIRED"), 116],
    ["TLS error: 268436504:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA", 48],
    ["TLS_error:|268436501:SSL_routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_EXPIRED:TLS_error_end", 45],
    ["SSLV3_ALERT_HANDSHAKE_FAILURE", 40],
    ["TLSV1_ALERT_PROTOCOL_VERSION", 70],
    ["HANDSHAKE_FAILURE_ON_CLIENT_HELLO", 40],
  ])("%s", (text, alert) => {
    expect(findingOfBoring(text)).toEqual({ kind: "alert-received", alert });
  });
});

describe("other reasons", () => {
  test.each<[string, Reason]>([
    [ssl(192, "PEER_DID_NOT_RETURN_A_CERTIFICATE"), "certificate-absent"],
    [
      ssl(192, "PEER_DID_NOT_RETURN_A_CERTIFICATE", ":peer did not provide required client certificate"),
      "certificate-absent",
    ],
    ["verify cert failed: empty cert chain", "certificate-absent"],
    [ssl(114, "BAD_SIGNATURE"), "bad-signature"],
    [ssl(240, "UNSUPPORTED_PROTOCOL"), "protocol-version"],
    [ssl(247, "WRONG_VERSION_NUMBER"), "not-tls"],
    [ssl(156, "HTTP_REQUEST"), "plain-http"],
    [ssl(184, "NO_SHARED_CIPHER"), "no-shared-cipher"],
    [ssl(266, "NO_SHARED_GROUP"), "no-shared-group"],
    [ssl(253, "NO_COMMON_SIGNATURE_ALGORITHMS"), "no-shared-signature-algorithm"],
    [ssl(307, "NO_APPLICATION_PROTOCOL"), "alpn"],
    [ssl(139, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), "bad-record"],
    ["TLS_error:|33554536:system library:OPENSSL_internal:Connection reset by peer:TLS_error_end", "reset"],
    ["TLS_error:|33554464:system library:OPENSSL_internal:Broken pipe:TLS_error_end", "closed"],
    ["TLS error: Secret is not supplied by SDS", "secret-absent"],
    ["TLS_error:_Secret_is_not_supplied_by_SDS", "secret-absent"],
    ["delayed_connect_error:_111", "unreachable"],
    ["transport socket timeout was reached", "timed-out"],
    ["filter_chain_not_found", "server-name"],
  ])("%s", (text, reason) => {
    expect(findingOfBoring(text)).toMatchObject({ kind: "reason", reason });
  });

  test("the first of several errors that is known says it", () => {
    const text =
      "TLS_error:|268435600:SSL routines:OPENSSL_internal:SOMETHING_NEW|268435640:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER:TLS_error_end";
    expect(findingOfBoring(text)).toEqual({
      kind: "reason",
      reason: "no-shared-cipher",
      words: "NO_SHARED_CIPHER",
    });
  });

  test.each(["", "-", "via_upstream", "TLS_error:|1:x:y:z:TLS_error_end"])(
    "%j says nothing of why",
    (text) => {
      expect(findingOfBoring(text)).toBeNull();
    },
  );
});
