import { comparableName } from "./comparable-name.ts";
import { type InventoryView, isSelfIssued, type KnownCertificate } from "./inventory-view.ts";
import type { SeenCertificate } from "./observation.ts";

/** A certificate as lines and inventory together describe it. Names are comparable ones. */
export interface Presented {
  role: SeenCertificate["role"];
  seen: SeenCertificate;
  known: KnownCertificate | null;
  subject: string | null;
  issuer: string | null;
  notBefore: number | null;
  notAfter: number | null;
}

/** Looks up what a line says of a certificate, and fills in what it leaves out. */
export function presentedOf(seen: SeenCertificate, inventory: InventoryView): Presented {
  const subject = seen.subject === null ? null : comparableName(seen.subject);
  const issuer = seen.issuer === null ? null : comparableName(seen.issuer);
  const found = find(seen, subject, issuer, inventory);
  const known = found.length === 1 ? (found[0] ?? null) : null;
  return {
    role: seen.role,
    seen,
    known,
    subject: known?.subject ?? subject,
    issuer: issuer ?? oneIssuer(found),
    notBefore: seen.notBefore ?? known?.notBefore ?? null,
    notAfter: seen.notAfter ?? known?.notAfter ?? null,
  };
}

/** Whether its issuer is itself, by name. */
export function isItsOwnIssuer({ subject, issuer }: Presented): boolean {
  return subject !== null && issuer !== null && isSelfIssued({ subject, issuer });
}

/** Certificates of that description: several, where a name was given to more than one. */
function find(
  { sha1, sha256, serial, notAfter, commonName }: SeenCertificate,
  subject: string | null,
  issuer: string | null,
  inventory: InventoryView,
): readonly KnownCertificate[] {
  const byFingerprint =
    (sha256 === null ? null : inventory.bySha256(sha256)) ?? (sha1 === null ? null : inventory.bySha1(sha1));
  if (byFingerprint !== null) return [byFingerprint];
  // A fingerprint that is not found is that of a stranger, whatever its names are.
  if (sha256 !== null || sha1 !== null) return [];
  if (issuer !== null && serial !== null) {
    const found = inventory.bySerial(issuer, serial);
    return found !== null && (subject === null || found.subject === subject) ? [found] : [];
  }
  if (subject === null) {
    // Caddy says no more of it than this.
    return issuer === null && serial !== null && commonName !== undefined
      ? inventory.withSerial(serial).filter(({ name }) => name === commonName)
      : [];
  }
  return [...inventory.authorities(subject), ...inventory.bySubject(subject)].filter(
    (each) =>
      (issuer === null || each.issuer === issuer) &&
      (serial === null || each.serial === serial) &&
      (notAfter === null || each.notAfter === notAfter),
  );
}

/** Whoever of them it is, the issuer may be the same. */
function oneIssuer(found: readonly KnownCertificate[]): string | null {
  const issuers = new Set(found.map(({ issuer }) => issuer));
  const [only = null] = issuers;
  return issuers.size === 1 ? only : null;
}
