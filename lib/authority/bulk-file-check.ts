import { certifiedNames } from "#lib/authority/bulk-certified-names.ts";
import { type FileRow, readFileRows } from "#lib/authority/bulk-file.ts";
import type { IssueItem } from "#lib/authority/bulk-items.ts";
import { type Catalogue, type CatalogueProfile, readCatalogue, readerOf } from "#lib/authority/catalogue.ts";
import { checkRequest } from "#lib/authority/issuance-check.ts";
import { readRequest } from "#lib/authority/issuance-order.ts";
import { displayName } from "#lib/authority/issuance-record.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { DAY } from "#lib/authority/profile-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize, isAllowed } from "#lib/authorization/authorize.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { ownerSchema, TAGS_MAX, tagSchema } from "#lib/inventory/annotate.ts";
import { checkGeneralName, type GeneralName } from "#lib/x509/general-name.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { Name } from "#lib/x509/name.ts";
import { guessNameType, parseNameList } from "#lib/x509/name-list.ts";
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

/** RFC 5280 appendix A.1: ub-common-name. */
const COMMON_NAME_MAX = 64;
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
  const csr = row.csr === "" ? null : collect("csr", () => readRequest(row.csr));
  const lifetimeSeconds = collect("days", () => secondsOf(row.days));
  const annotation = collect("owner", () => annotationOf(row, surroundings.mayAnnotate));
  if (profile === undefined || csr === undefined) return checked;
  const wanted = wantedNames(row, profile);
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

function secondsOf(days: string): number | undefined {
  if (days === "") return undefined;
  if (!/^[1-9]\d{0,4}$/.test(days)) {
    throw policyViolation("days", "bulk.days", `“${days.slice(0, 40)}” is no whole number of days.`);
  }
  return Number(days) * DAY;
}

function annotationOf(row: FileRow, mayAnnotate: boolean): Pick<IssueItem, "owner" | "tags"> {
  const owner = ownerSchema.safeParse(row.owner);
  if (!owner.success) {
    throw policyViolation(
      "owner",
      "bulk.owner",
      `The owner ${owner.error.issues[0]?.message ?? "cannot be used"}.`,
    );
  }
  const words = row.tags.split(/[\s;,]+/).filter((word) => word !== "");
  const tags = words.map((word) => {
    const tag = tagSchema.safeParse(word);
    if (tag.success) return tag.data;
    throw policyViolation(
      "tags",
      "bulk.tags",
      `The tag “${word.slice(0, 40)}” ${tag.error.issues[0]?.message ?? "cannot be used"}.`,
    );
  });
  if (tags.length > TAGS_MAX) {
    throw policyViolation(
      "tags",
      "bulk.tags",
      `A certificate has ${TAGS_MAX} tags at most; here are ${tags.length}.`,
    );
  }
  if (!mayAnnotate && (owner.data !== "" || tags.length > 0)) {
    throw policyViolation("owner", "bulk.annotate", "You may not set owner and tags.");
  }
  return { owner: owner.data, tags: [...new Set(tags)] };
}

/**
 * Common name and alternative names of a row. Relying parties look at alternative names only (RFC 9525 §2), so a
 * server's name is one of them; of a client it is the common name, as profiles that allow no such names expect.
 */
function wantedNames(
  row: FileRow,
  { rules }: CatalogueProfile,
): { commonName?: string; names?: GeneralName[] } {
  const listed = parseNameList(row.names);
  if (row.name === "") return row.csr !== "" && listed.length === 0 ? {} : { names: listed };
  const own: GeneralName = { type: guessNameType(row.name), value: row.name };
  const isTooLong = [...row.name].length > COMMON_NAME_MAX && rules.subject.commonName !== "required";
  const asCommonName = rules.subject.commonName !== "forbidden" && !isTooLong;
  const isListed = listed.some(({ value }) => value.toLowerCase() === row.name.toLowerCase());
  const asAlternative =
    !isListed &&
    (!asCommonName ||
      (rules.usages.includes("server") && (listed.length === 0 || checkGeneralName(own) === null)));
  const names = asAlternative ? [own, ...listed] : listed;
  return {
    ...(asCommonName ? { commonName: row.name } : {}),
    ...(names.length === 0 && row.csr !== "" ? {} : { names }),
  };
}

/** Two rows for the same are most often a mistake, but may be meant. */
function warnOfRepetitions(rows: readonly CheckedRow[]): void {
  const first = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify([row.profile, row.label.toLowerCase(), [...row.names].sort()]);
    const line = first.get(key);
    if (line === undefined) first.set(key, row.line);
    else {
      row.findings.push({
        severity: "warning",
        field: "name",
        rule: "bulk.repetition",
        detail: `The same as line ${line}.`,
      });
    }
  }
}

async function warnOfCertified(installation: Installation, rows: readonly CheckedRow[]): Promise<void> {
  const values = rows.flatMap((row) => (row.item === undefined ? [] : searchedNames(row)));
  const certified = await certifiedNames(installation, values);
  for (const row of rows) {
    if (row.item === undefined) continue;
    const name = searchedNames(row).find((value) => certified.has(value));
    const until = name === undefined ? undefined : certified.get(name);
    if (name === undefined || until === undefined) continue;
    row.findings.push({
      severity: "warning",
      field: "name",
      rule: "bulk.existing",
      detail: `${name} has a certificate that is valid until ${until.toISOString().slice(0, 10)}.`,
    });
  }
}

function searchedNames({ names, label }: CheckedRow): string[] {
  return names.length === 0
    ? [label.toLowerCase()]
    : names.map((name) => name.slice(name.indexOf(":") + 1).toLowerCase());
}
