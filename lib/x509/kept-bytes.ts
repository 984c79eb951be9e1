/**
 * What cannot be read is kept to show what was wrong, and a private key never is. A key may stand in a damaged
 * certificate where two files were glued together, so whatever is to be kept is searched for one, in each
 * form that a key is usually written in. A false alarm costs nobody more than those bytes.
 */

/** So the search takes a fifth of a second at most; no certificate is as large, nor nearly any file of them. */
const KEPT_MAX = 4 << 20;

/** Words beside keys in the formats of OpenSSL, PuTTY, JWK, age and OpenPGP. */
const WORDS = /PRIVATE|PrivateKey|Private-Lines|privateExponent|priv:|"kty"|AGE-SECRET-KEY/;

/** So many digits of base64 hold the head of the shortest key. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{24,}/g;
const HEX_RUN = /[0-9A-Fa-f]{32,}/g;

/** Whether some octets may hold a private key: in DER, or as base64, hexadecimal or text, also in UTF-16. */
export function mayHoldKey(octets: Uint8Array): boolean {
  if (octets.length > KEPT_MAX) return true;
  const raw = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (holdsKey(raw)) return true;
  const text = raw.toString("latin1").replace(/[\s\0]+/g, "");
  if (WORDS.test(text)) return true;
  const hexadecimal = text.replaceAll(":", "");
  // The octets themselves too: base64 that was glued off its beat leaves a key between the octets.
  const runs = [raw.toString("base64"), ...(text.match(BASE64_RUN) ?? [])];
  return (
    runs.some((run) => inSteps(run, 4, "base64")) ||
    (hexadecimal.match(HEX_RUN) ?? []).some((run) => inSteps(run, 2, "hex"))
  );
}

/** Digits may be grouped from any of the first on. */
function inSteps(run: string, steps: number, encoding: "base64" | "hex"): boolean {
  for (let skipped = 0; skipped < steps; skipped++) {
    const decoded = Buffer.from(run.slice(skipped), encoding);
    if (holdsKey(decoded) || WORDS.test(decoded.toString("latin1"))) return true;
  }
  return false;
}

/** PrivateKeyInfo (RFC 5958 §2), ECPrivateKey (RFC 5915 §3), RSAPrivateKey (RFC 8017 §A.1.2): version first. */
function holdsKey(octets: Buffer): boolean {
  for (const version of [0, 1]) {
    const head = Buffer.of(2, 1, version);
    for (let at = octets.indexOf(head); at >= 0; at = octets.indexOf(head, at + 1)) {
      if (isKeyBehind(octets, at + head.length)) return true;
    }
  }
  return false;
}

/** @param at behind the version */
function isKeyBehind(octets: Buffer, at: number): boolean {
  const tag = octets[at];
  if (tag === 0x02 || tag === 0x04) return true;
  if (tag !== 0x30) return false;
  const length = octets[at + 1] ?? 0;
  const oid = at + 2 + (length > 0x80 ? length & 3 : 0);
  // An extension behind a path length looks alike but for its name (2.5.29 and 1.3.6.1).
  const arc = octets.toString("latin1", oid + 2, oid + 4);
  return octets[oid] === 0x06 && arc !== "\x55\x1d" && arc !== "\x2b\x06";
}
