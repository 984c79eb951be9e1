import type { Database } from "#lib/database.ts";
import { aboveImported, authoritiesAbove } from "./authorities-above.ts";
import { clientsOf } from "./certificate-clients.ts";
import { type InventoryCertificate, type InventoryCrl, inventoryOf } from "./inventory-in-memory.ts";
import { type InventoryQuestions, questionsOf } from "./inventory-questions.ts";
import {
  authoritiesNamed,
  byEnd,
  byFingerprint,
  byName,
  bySerial,
  commonNamesIn,
  idsFound,
  namelessAuthorities,
  searchedName,
  serverNamesFor,
} from "./inventory-search.ts";
import { type InventoryView, isSelfIssued, type KnownCertificate } from "./inventory-view.ts";
import type { Observation } from "./observation.ts";
import { publishedCrls } from "./published-crls.ts";
import { type RecordedCertificate, recordedCertificates } from "./recorded-certificates.ts";
import { probableRoots } from "./trusted-roots.ts";

/** What the inventory knows of the certificates that some lines tell of. */
export interface GatheredInventory {
  view: InventoryView;
  /** All that were gathered, by id. */
  certificates: ReadonlyMap<string, InventoryCertificate>;
}

/** More than any batch makes; what comes beyond is diagnosed as if the inventory did not have it. */
const CERTIFICATES_MAX = 5_000;

/**
 * Gathers what diagnoses will ask of the inventory, for many handshakes at once: a few bounded queries along indexes,
 * however large the inventory is.
 *
 * @param observations of all the handshakes that are to be diagnosed
 * @param trusted SHA-256 of what the proxy trusts; null when nobody has said
 * @param now in milliseconds
 */
export async function inventoryFromDatabase(
  database: Database,
  observations: Iterable<Observation>,
  trusted: ReadonlySet<string> | null,
  now: number,
): Promise<GatheredInventory> {
  const found = await gathered(database, questionsOf(observations), NOTHING_GATHERED);
  return asTrusted(database, found, trusted, now);
}

/** The same before it is said what a proxy trusts. */
export interface Gathering {
  /** By id. */
  certificates: ReadonlyMap<string, InventoryCertificate>;
  crls: readonly InventoryCrl[];
}

export const NOTHING_GATHERED: Gathering = { certificates: new Map(), crls: [] };

/** @param before what was gathered already @returns that and more; the same object when there is nothing more */
export async function gathered(
  database: Database,
  asked: InventoryQuestions,
  before: Gathering,
): Promise<Gathering> {
  const names = [...asked.names.values()];
  // Authorities first: whatever else is too much, what stands above a certificate is asked for only once.
  const found = await idsFound(database, [
    ...authoritiesNamed(names),
    ...byFingerprint("sha256", asked.sha256),
    ...byFingerprint("sha1", asked.sha1),
    ...bySerial(asked.serials),
    ...byEnd(asked.ends),
    ...byName([
      ...[...asked.subjects].flatMap(commonNamesIn),
      ...[...asked.commonNames].map(searchedName),
      ...[...asked.serverNames].flatMap(serverNamesFor),
    ]),
  ]);
  const ids = new Set([...(await namelessAuthorities(database, names)), ...found]);
  const unknown = [...ids].filter((id) => !before.certificates.has(id));
  const recorded = await recordedCertificates(database, unknown.slice(0, CERTIFICATES_MAX));
  const issuers = recorded.map(({ issuerName }) => issuerName);
  const above = await authoritiesAbove(database, issuers, names);
  const more = new Map(
    [...recorded, ...above]
      .filter(({ certificate: { id } }) => !before.certificates.has(id))
      .map((each) => [each.certificate.id, each]),
  );
  const imported = before === NOTHING_GATHERED ? await aboveImported(database) : [];
  if (more.size + imported.length === 0) return before;
  const clients = await clientsOf(database, [...more.values()]);
  const certificates = [...more.values()].map(({ certificate }) => ({
    ...certificate,
    client: clients.get(certificate.id) ?? null,
  }));
  const fingerprints = new Set(certificates.map(({ sha256 }) => sha256));
  // What came along with an authority may be in the inventory too.
  const others = [...before.certificates.values(), ...imported].filter(
    ({ sha256 }) => !fingerprints.has(sha256),
  );
  const authorities = certificates.filter(({ isAuthority }) => isAuthority);
  return {
    certificates: new Map([...others, ...certificates].map((each) => [each.id, each])),
    crls: [...before.crls, ...(await publishedCrls(database.read, authorities))],
  };
}

/** What was gathered, as it is for a proxy that trusts these. */
export async function asTrusted(
  database: Database,
  { certificates, crls }: Gathering,
  trusted: ReadonlySet<string> | null,
  now: number,
): Promise<GatheredInventory> {
  const roots = trusted === null ? await probableRoots(database, now) : null;
  const all = [...certificates.values()].map((certificate) => ({
    ...certificate,
    trust: trustOf(certificate, trusted, roots),
  }));
  return {
    view: inventoryOf(all, crls),
    certificates: new Map(all.map((certificate) => [certificate.id, certificate])),
  };
}

function trustOf(
  certificate: RecordedCertificate["certificate"],
  trusted: ReadonlySet<string> | null,
  roots: ReadonlySet<string> | null,
): KnownCertificate["trust"] {
  const isRoot = certificate.isAuthority && isSelfIssued(certificate);
  if (trusted?.has(certificate.sha256)) return "trusted";
  if (!isRoot) return "unknown";
  if (roots === null) return "foreign";
  return roots.has(certificate.subject) ? "presumed" : "doubtful";
}
