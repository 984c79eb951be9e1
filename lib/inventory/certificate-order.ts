import { malformed } from "#lib/errors.ts";
import { isReference } from "#lib/reference.ts";

/** The orders of a list; a minus turns one round. Certificates that are equal in it stand in the order of their ids. */
export const CERTIFICATE_SORTS = ["expires", "-expires", "name", "-name", "added", "-added"] as const;
export type CertificateSort = (typeof CERTIFICATE_SORTS)[number];

/** The newest first. */
export const USUAL_SORT: CertificateSort = "-added";

/** The column that decides, and the index that is walked along (see prisma/schema.prisma). */
export interface CertificateOrder {
  sort: CertificateSort;
  column: "notAfter" | "sortName" | "createdAt";
  index: string;
  descending: boolean;
}

/** A certificate's place in an order. */
export interface Position {
  key: Date | string;
  id: string;
}

const COLUMNS = {
  expires: { column: "notAfter", index: "Certificate_notAfter_id_cohortId_notBefore_idx" },
  name: { column: "sortName", index: "Certificate_sortName_id_cohortId_notAfter_notBefore_idx" },
  added: { column: "createdAt", index: "Certificate_createdAt_id_cohortId_notAfter_notBefore_idx" },
} as const;

/** @throws DomainError `malformed` naming `sort` */
export function parseSort(text: string | undefined): CertificateSort {
  if (text === undefined || text === "") return USUAL_SORT;
  const sort = CERTIFICATE_SORTS.find((known) => known === text);
  if (sort !== undefined) return sort;
  throw malformed("sort", "list.sort", `sort must be one of ${CERTIFICATE_SORTS.join(", ")}.`);
}

export function orderOf(sort: CertificateSort): CertificateOrder {
  const descending = sort.startsWith("-");
  const name = (descending ? sort.slice(1) : sort) as keyof typeof COLUMNS;
  return { sort, descending, ...COLUMNS[name] };
}

/**
 * A place as a cursor: the order, the key and the id, in letters that need no escaping in an address. Pages go on
 * behind a place and not behind a number of rows, so that none is missed or seen twice when others come and go.
 */
export function cursorOf(sort: CertificateSort, { key, id }: Position): string {
  const text = typeof key === "string" ? Buffer.from(key).toString("base64url") : String(key.getTime());
  return `${sort}.${text}.${id}`;
}

/** The times that a cursor may state: the years 1 to 9999, which both databases can compare with. */
const EARLIEST = Date.parse("0001-01-01T00:00:00.000Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * The place that a cursor states.
 *
 * @param field the parameter it came in, for the error
 * @throws DomainError `malformed` for one of another order, or that no list gave out
 */
export function positionOf(cursor: string, order: CertificateOrder, field: "after" | "before"): Position {
  const [sort, text = "", id = "", ...rest] = cursor.slice(0, 2_000).split(".");
  if (sort !== order.sort && CERTIFICATE_SORTS.some((known) => known === sort)) {
    const detail = `${field} is a cursor of a list sorted by ${sort}, not by ${order.sort}.`;
    throw malformed(field, "cursor", detail);
  }
  const key = order.column === "sortName" ? nameKey(text) : timeKey(text);
  if (sort !== order.sort || rest.length > 0 || key === null || !isReference(id)) {
    throw malformed(field, "cursor", `${field} is not a cursor that this list gave out.`);
  }
  return { key, id };
}

function timeKey(text: string): Date | null {
  const time = Number(text);
  if (!/^-?\d{1,15}$/.test(text) || time < EARLIEST || time > LATEST) return null;
  return new Date(time);
}

function nameKey(text: string): string | null {
  try {
    const bytes = Buffer.from(text, "base64url");
    const name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return bytes.toString("base64url") === text && !name.includes("\0") ? name : null;
  } catch {
    return null;
  }
}
