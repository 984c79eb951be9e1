import type { FileRow } from "#lib/authority/bulk-file.ts";
import type { IssueItem } from "#lib/authority/bulk-items.ts";
import { DAY, type ProfileRules } from "#lib/authority/profile-rules.ts";
import { policyViolation } from "#lib/errors.ts";
import { ownerSchema, TAGS_MAX, tagSchema } from "#lib/inventory/annotate.ts";
import { checkGeneralName, type GeneralName } from "#lib/x509/general-name.ts";
import { guessNameType, parseNameList } from "#lib/x509/name-list.ts";

/** What the cells of a row mean. */

/** RFC 5280 appendix A.1: ub-common-name. */
const COMMON_NAME_MAX = 64;

/** The lifetime of a row; undefined for the profile's usual one. @throws DomainError field `days` */
export function secondsOf(days: string): number | undefined {
  if (days === "") return undefined;
  if (!/^[1-9]\d{0,4}$/.test(days)) {
    throw policyViolation("days", "bulk.days", `“${days.slice(0, 40)}” is no whole number of days.`);
  }
  return Number(days) * DAY;
}

/**
 * Owner and tags of a row.
 *
 * @param mayAnnotate whether whoever issues may set them
 * @throws DomainError fields `owner` and `tags`
 */
export function annotationOf(row: FileRow, mayAnnotate: boolean): Pick<IssueItem, "owner" | "tags"> {
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
 * The name of a row: one name, so that a file whose cells are separated otherwise than it was read is noticed.
 *
 * @throws DomainError field `name`
 */
export function checkName(name: string): void {
  const [separator] = /[,;]/.exec(name) ?? [];
  if (separator === undefined) return;
  const word = separator === "," ? "comma" : "semicolon";
  throw policyViolation(
    "name",
    "bulk.name",
    `“${name.slice(0, 80)}” holds a ${word}, which no name may. If it separates cells here, add a first line that names the columns with it: name${separator}names.`,
  );
}

/**
 * Common name and alternative names of a row. Relying parties look at alternative names only (RFC 9525 §2), so a
 * server's name is one of them; of a client it is the common name, as profiles that allow no such names expect.
 */
export function wantedNames(
  row: FileRow,
  rules: ProfileRules,
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
