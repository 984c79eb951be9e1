import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { keyPurposeName } from "#lib/x509/extended-key-usage.ts";
import { commonName, formatName } from "#lib/x509/name.ts";
import { decodePem } from "#lib/x509/pem.ts";
import { comparableOf } from "./comparable-name.ts";
import { type InventoryView, isSelfIssued, type KnownCertificate, type KnownCrl } from "./inventory-view.ts";
import { presumedRoots } from "./presumed-trust.ts";
import { bareName, namesCovering } from "./server-certificate.ts";

/** Fingerprints belong to the search only. */
export interface InventoryCertificate extends KnownCertificate {
  sha1: string;
  sha256: string;
}

export interface InventoryCrl extends KnownCrl {
  issuer: string;
  /** Serial numbers as in `KnownCertificate`, with the time of revocation. */
  revoked: readonly { serial: string; since: number; isHold: boolean }[];
}

/** An inventory of certificates that are at hand: for what is pasted, and for tests. */
export function inventoryOf(
  certificates: readonly InventoryCertificate[],
  crls: readonly InventoryCrl[],
): InventoryView {
  const presumed = presumedRoots(certificates);
  const known = certificates.map((certificate) => ({
    ...certificate,
    revocation: certificate.revocation ?? revocationIn(crls, certificate),
    trust:
      certificate.trust === "unknown" && isSelfIssued(certificate) && certificate.isAuthority
        ? presumed.has(certificate.subject)
          ? ("presumed" as const)
          : ("doubtful" as const)
        : certificate.trust,
  }));
  const authorities = known.filter(({ isAuthority }) => isAuthority);
  // Sorted when they are first asked for: most batches ask for a certificate in one way only.
  const one = (key: (certificate: InventoryCertificate) => string) => {
    let found: Map<string, InventoryCertificate> | undefined;
    return (wanted: string) => {
      found ??= new Map(known.map((certificate) => [key(certificate), certificate]));
      return found.get(wanted) ?? null;
    };
  };
  const all = <Item, Key>(items: () => readonly Item[], key: (item: Item) => Key) => {
    let found: Map<Key, Item[]> | undefined;
    return (wanted: Key) => {
      found ??= Map.groupBy(items(), key);
      return found.get(wanted) ?? [];
    };
  };
  const ofServers = () =>
    known
      .filter((each) => !each.isAuthority && each.extendedKeyUsage?.includes("serverAuth") !== false)
      .flatMap((certificate) => [
        ...new Set(certificate.names.map(bareName)).values().map((name) => ({ name, certificate })),
      ]);
  const byName = all(ofServers, ({ name }) => name);
  const bySerial = one(({ issuer, serial }) => `${serial} ${issuer}`);
  return {
    bySha256: one(({ sha256 }) => sha256),
    bySha1: one(({ sha1 }) => sha1),
    bySerial: (issuer, serial) => bySerial(`${serial} ${issuer}`),
    withSerial: all(
      () => known,
      ({ serial }) => serial,
    ),
    bySubject: all(
      () => known.filter(({ isAuthority }) => !isAuthority).sort((a, b) => b.notBefore - a.notBefore),
      ({ subject }) => subject,
    ),
    byServerName: (name) => [
      ...new Set(namesCovering(name).flatMap((each) => byName(each).map(({ certificate }) => certificate))),
    ],
    byEnd: all(
      () => known,
      ({ notAfter }) => notAfter,
    ),
    authorities: all(
      () => authorities,
      ({ subject }) => subject,
    ),
    authoritiesByCommonName: all(
      () => authorities,
      ({ name }) => name,
    ),
    crls: all(
      () => crls.toSorted((a, b) => b.thisUpdate - a.thisUpdate),
      ({ issuer }) => issuer,
    ),
  };
}

function revocationIn(crls: readonly InventoryCrl[], { issuer, serial }: InventoryCertificate) {
  for (const crl of crls) {
    const entry = crl.issuer === issuer ? crl.revoked.find((each) => each.serial === serial) : undefined;
    if (entry !== undefined) return { since: entry.since, isHold: entry.isHold };
  }
  return null;
}

/**
 * The certificates of PEM text.
 *
 * @param trusted SHA-256 of the roots that the proxy trusts; null when nobody has said
 * @throws DomainError malformed or tooLarge
 */
export function certificatesOfPem(pem: string, trusted: ReadonlySet<string> | null): InventoryCertificate[] {
  return decodePem(pem, { field: "certificates", allowComments: true }).map(({ der }) =>
    inventoryCertificate(readForeignCertificate(der), trusted),
  );
}

/** @param trusted SHA-256 of the roots that the proxy trusts; null when nobody has said */
export function inventoryCertificate(
  parsed: ParsedCertificate,
  trusted: ReadonlySet<string> | null,
): InventoryCertificate {
  const subject = comparableOf(parsed.subject);
  const issuer = comparableOf(parsed.issuer);
  return {
    id: parsed.sha256,
    // A certificate without a subject has names elsewhere (RFC 5280 §4.2.1.6).
    name:
      commonName(parsed.subject) ?? (formatName(parsed.subject) || (parsed.names[0]?.value ?? parsed.sha256)),
    subject,
    issuer,
    serial: withoutZeros(parsed.serialNumber),
    key: parsed.spkiSha256,
    notBefore: parsed.notBefore.getTime(),
    notAfter: parsed.notAfter.getTime(),
    isAuthority: parsed.isCa || (parsed.version === 1 && subject === issuer),
    revocation: null,
    extendedKeyUsage: parsed.extendedKeyUsage?.map(keyPurposeName) ?? null,
    names: parsed.names.flatMap(({ type, value }) =>
      type === "dns" || type === "ip" || type === "uri" ? [`${type}:${value}`] : [],
    ),
    trust: trustIn(trusted, parsed.sha256, subject === issuer),
    client: null,
    sha1: parsed.sha1,
    sha256: parsed.sha256,
  };
}

function trustIn(
  trusted: ReadonlySet<string> | null,
  sha256: string,
  isRoot: boolean,
): KnownCertificate["trust"] {
  if (trusted?.has(sha256)) return "trusted";
  return trusted !== null && isRoot ? "foreign" : "unknown";
}

/**
 * The CRLs of PEM text.
 *
 * @throws DomainError malformed or tooLarge
 */
export function crlsOfPem(pem: string): InventoryCrl[] {
  return decodePem(pem, { field: "crls", allowComments: true }).map(({ der }) => {
    const crl = readCrl(der);
    return {
      issuer: comparableOf(crl.issuer),
      thisUpdate: crl.thisUpdate.getTime(),
      nextUpdate: crl.nextUpdate?.getTime() ?? null,
      revoked: [...crl.entries()].map(({ serial, revokedAt, reason }) => ({
        serial: withoutZeros(serial),
        since: revokedAt.getTime(),
        isHold: reason === "certificateHold",
      })),
    };
  });
}

const withoutZeros = (serial: string) => serial.replace(/^0+(?=.)/, "");
