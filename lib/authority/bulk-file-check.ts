import { type FileRow, readFileRows } from "#lib/authority/bulk-file.ts";
import { annotationOf, checkName, secondsOf, wantedNames } from "#lib/authority/bulk-file-cells.ts";
import { warnOfCertified, warnOfRepetitions } from "#lib/authority/bulk-file-warnings.ts";
import type { IssueItem } from "#lib/authority/bulk-items.ts";
import { type Catalogue, type CatalogueProfile, readCatalogue, readerOf } from "#lib/authority/catalogue.ts";
import { checkRequest } from "#lib/authority/issuance-check.ts";
import { readRequest } from "#lib/authority/issuance-order.ts";
import { displayName } from "#lib/authority/issuance-record.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize, isAllowed } from "#lib/authorization/authorize.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { Name } from "#lib/x509/name.ts";
import { parseNameList } from "#lib/x509/name-list.ts";
import { OID } from "#lib/x509/oids.ts";

/** Something about a row. */
export interface RowFinding {
  severity: "error" | "warning";
  /** The column. */
  field: string;
  rule: string;
  detail: string;
}

/** What would come of a row. */
export interface CheckedRow {
  line: number;
  label: string;
  /** Names as they would be certified: `dns:api.example`. */
  names: string[];
  /** Name of the profile. */
  profile: string;
  findings: RowFinding[];
  /** How it is issued; absent when something forbids it. */
  item?: IssueItem;
}

export interface FileWishes {
  /** CSV; see bulk-file.ts for its columns. */
  text: string;
  /** Id or slug of the profile for rows that name none. */
  profile: string;
  /** Of the keys that are made here. */
  keyAlgorithm: KeyAlgorithm;
}

/** Rows between two pauses, in which others get their turn. */
const ROWS_AT_ONCE = 50;

/**
 * Looks at every row of a file with the check that issuing makes. Nothing is issued.
 *
 * @throws DomainError `malformed` or `tooLarge` about the file as a whole, `policyViolation` about the profile
 */
export async function checkFile(
  installation: Installation,
  actor: Actor,
  wishes: FileWishes,
): Promise<CheckedRow[]> {
  authorize(actor, "certificate:issue");
  const rows = readFileRows(wishes.text);
  const catalogue = await readCatalogue(readerOf(installation.database), installation.masterKey);
  const usual = profileNamed(catalogue, wishes.profile);
  const surroundings = {
    catalogue,
    usual,
    sample: await sampleKey(wishes.keyAlgorithm),
    now: installation.clock.now(),
    mayAnnotate: isAllowed(actor, "certificate:annotate"),
  };
  const checked: CheckedRow[] = [];
  for (const [place, row] of rows.entries()) {
    if (place % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    checked.push(checkRow(row, surroundings));
  }
  warnOfRepetitions(checked);
  await warnOfCertified(installation, checked);
  return checked;
}

interface Surroundings {
  catalogue: Catalogue;
  usual: CatalogueProfile;
  sample: Uint8Array;
  now: Date;
  mayAnnotate: boolean;
}

const samples = new Map<KeyAlgorithm, Promise<Uint8Array>>();

/** A public key of the kind that will be made, to check rows with: its private half is forgotten. */
function sampleKey(algorithm: KeyAlgorithm): Promise<Uint8Array> {
  const known = samples.get(algorithm) ?? generateKeyPair(algorithm).then(({ spki }) => spki);
  samples.set(algorithm, known);
  return known;
}

/** @throws DomainError `policyViolation` */
function profileNamed(catalogue: Catalogue, name: string): CatalogueProfile {
  const profile =
    catalogue.profiles.get(name) ??
    [...catalogue.profiles.values()].find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (profile === undefined) {
    throw policyViolation(
      "profile",
      "profile.exists",
      `There is no certificate profile “${name.slice(0, 80)}”.`,
    );
  }
  if (profile.slug === LISTENER_PROFILE.slug) {
    throw policyViolation(
      "profile",
      "profile.listener",
      "Under this profile Countersign's own listeners get their certificates, by themselves.",
    );
  }
  return profile;
}

function checkRow(row: FileRow, surroundings: Surroundings): CheckedRow {
  const checked: CheckedRow = {
    line: row.line,
    label: row.name || parseNameList(row.names)[0]?.value || "",
    names: [],
    profile: row.profile,
    findings: [],
  };
  const collect = <T>(field: string, step: () => T): T | undefined => {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const told =
        error.violations.length > 0 ? error.violations : [{ field, rule: error.code, detail: error.message }];
      checked.findings.push(
        ...told.map((each) => ({ severity: "error" as const, ...each, field: columnOf(each.field, row) })),
      );
      return undefined;
    }
  };
  const profile = collect("profile", () =>
    row.profile === "" ? surroundings.usual : profileNamed(surroundings.catalogue, row.profile),
  );
  checked.profile = profile?.name ?? row.profile;
  collect("name", () => checkName(row.name));
  const csr = row.csr === "" ? null : collect("csr", () => readRequest(row.csr));
  const lifetimeSeconds = collect("days", () => secondsOf(row.days));
  const annotation = collect("owner", () => annotationOf(row, surroundings.mayAnnotate));
  if (profile === undefined || csr === undefined) return checked;
  const wanted = wantedNames(row, profile.rules);
  const subject: Name =
    wanted.commonName === undefined
      ? (csr?.subject ?? [])
      : [[{ type: OID.commonName, value: wanted.commonName }]];
  const request = {
    spki: csr?.spki ?? surroundings.sample,
    subject,
    names: wanted.names ?? csr?.names ?? [],
    lifetimeSeconds,
  };
  const plan = collect("names", () => checkRequest(request, profile, profile.authority, surroundings.now));
  if (plan !== undefined) {
    checked.names = plan.names.map(({ type, value }) => `${type}:${value}`);
    checked.label = displayName(plan);
  }
  if (checked.findings.length > 0 || annotation === undefined) return checked;
  checked.item = {
    line: row.line,
    profile: profile.id,
    ...wanted,
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
    ...annotation,
    ...(row.csr === "" ? {} : { csr: row.csr }),
  };
  return checked;
}

/** Which column a field of the check is typed into. */
function columnOf(field: string, row: FileRow): string {
  switch (field) {
    case "names":
      return row.names === "" ? "name" : "names";
    case "subject":
      return "name";
    case "lifetime":
      return "days";
    case "publicKey":
      return "csr";
    default:
      return field;
  }
}
