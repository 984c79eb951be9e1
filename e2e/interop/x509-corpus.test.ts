import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseCertificates, verifyCertificateSignature } from "#lib/x509/certificate-reader.ts";
import { encodeName, formatName, namesEqual, parseName } from "#lib/x509/name.ts";

/** Mozilla's roots as Debian installs them: a century of other people's habits. */
const certificates = parseCertificates(readFileSync("/etc/ssl/certs/ca-certificates.crt"));

test("every root that Debian trusts is read as node:crypto reads it, without a malformed extension", () => {
  expect(certificates.length).toBeGreaterThan(100);
  for (const certificate of certificates) {
    const other = new X509Certificate(certificate.der);
    const shown = formatName(certificate.subject);
    expect(BigInt(`0x${other.serialNumber}`), shown).toBe(BigInt(`0x${certificate.serialNumber}`));
    expect(other.validFromDate, shown).toEqual(certificate.notBefore);
    expect(other.validToDate, shown).toEqual(certificate.notAfter);
    expect(other.fingerprint256.replaceAll(":", "").toLowerCase(), shown).toBe(certificate.sha256);
    expect(other.ca || certificate.version < 3, shown).toBe(certificate.isCa || certificate.version < 3);
    expect(
      certificate.extensions.filter(({ finding }) => finding !== undefined),
      shown,
    ).toEqual([]);
  }
});

test("their names are written back bit by bit, and survive RFC 4514", () => {
  for (const { subject, subjectDer } of certificates) {
    expect(encodeName(subject)).toEqual(new Uint8Array(subjectDer));
    expect(namesEqual(parseName(formatName(subject)), subject), formatName(subject)).toBe(true);
  }
});

test("their own signatures verify, whatever the algorithm", () => {
  for (const { der, spki, subject, signatureAlgorithm } of certificates) {
    expect(signatureAlgorithm, formatName(subject)).not.toBeNull();
    expect(verifyCertificateSignature(der, spki), formatName(subject)).toBe(true);
  }
});
