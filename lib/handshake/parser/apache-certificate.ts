import type { SeenCertificate } from "#lib/handshake/observation.ts";
import { logUnescaped } from "./log-escapes.ts";
import { opensslTime } from "./log-time.ts";
import { hexSerial, seenCertificate } from "./seen-certificate.ts";

const START = " [subject: ";
const ISSUER = " / issuer: ";
const SERIAL = " / serial: ";
const NOT_BEFORE = " / notbefore: ";
const NOT_AFTER = " / notafter: ";

/**
 * `[subject: … / issuer: … / serial: … / notbefore: … / notafter: …]`, which mod_ssl writes behind its message from
 * level info on. A subject may hold the same words; what stands last is Apache's own, and names that could end in two
 * places are not taken for anybody's.
 */
export function apacheCertificate(message: string, role: SeenCertificate["role"]): SeenCertificate | null {
  const start = message.indexOf(START);
  const notAfterAt = message.lastIndexOf(NOT_AFTER);
  const notBeforeAt = message.lastIndexOf(NOT_BEFORE, notAfterAt);
  const serialAt = message.lastIndexOf(SERIAL, notBeforeAt);
  const issuerAt = message.lastIndexOf(ISSUER, serialAt);
  if (start < 0 || issuerAt < start || serialAt < 0 || notBeforeAt < 0 || notAfterAt < 0) return null;
  const certain = message.indexOf(ISSUER) === issuerAt && message.indexOf(SERIAL) === serialAt;
  const end = message.indexOf("]", notAfterAt);
  return seenCertificate({
    role,
    subject: certain ? name(message.slice(start + START.length, issuerAt)) : null,
    issuer: certain ? name(message.slice(issuerAt + ISSUER.length, serialAt)) : null,
    serial: hexSerial(message.slice(serialAt + SERIAL.length, notBeforeAt)),
    notBefore: opensslTime(message.slice(notBeforeAt + NOT_BEFORE.length, notAfterAt)),
    notAfter: end < 0 ? null : opensslTime(message.slice(notAfterAt + NOT_AFTER.length, end)),
  });
}

const NOT_SAID: ReadonlySet<string> = new Set(["", "-empty-", "(ERROR)"]);

/** Very long names are cut, which ends them with dots. */
function name(text: string): string | null {
  return NOT_SAID.has(text) || text.endsWith("...") ? null : logUnescaped(text);
}
