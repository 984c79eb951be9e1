import type { Finding, Observation, SeenCertificate } from "#lib/handshake/observation.ts";
import type { HaproxyFields } from "./haproxy-fields.ts";
import { hexFingerprint, hexSerial, seenCertificate } from "./seen-certificate.ts";
import { tlsVersion } from "./tls-version.ts";

/** The client's certificate, which HAProxy names even when it did not accept it. */
export function certificateOf(fields: HaproxyFields): SeenCertificate | null {
  if (fields.forged) return null;
  return seenCertificate({
    subject: fields.get("s_dn"),
    issuer: fields.get("i_dn"),
    serial: hexSerial(fields.get("serial")),
    sha1: hexFingerprint(fields.get("sha1"), 20),
    sha256: hexFingerprint(fields.get("sha256"), 32),
    notBefore: asn1Time(fields.get("notbefore")),
    notAfter: asn1Time(fields.get("notafter")),
  });
}

const ASN1_TIME = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** `261022183236Z`, or with four digits of year from 2050 on (RFC 5280 §4.1.2.5). */
function asn1Time(text: string | null): number | null {
  const [, short = "", ...rest] = ASN1_TIME.exec(text ?? "") ?? [];
  if (short === "") return null;
  const year = short.length === 4 ? Number(short) : Number(short) + (Number(short) < 50 ? 2000 : 1900);
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = rest.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Until a cipher is agreed, "TLSv1.3" is no more than what OpenSSL begins with. */
export function versionOf(fields: HaproxyFields, finding: Finding | null): Observation["tls"] {
  const version = tlsVersion(fields.get("ver"));
  const agreed = fields.get("cipher") !== "(NONE)" || version !== "1.3";
  const mismatch = finding?.kind === "reason" && finding.reason === "protocol-version";
  return agreed && !mismatch ? version : null;
}
