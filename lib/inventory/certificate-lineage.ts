import type { Database } from "#lib/database.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/** A certificate among its renewals. */
export interface LineageMember {
  id: string;
  serial: string;
  notBefore: Date;
  notAfter: Date;
  createdAt: Date;
  requestedBy: string;
}

/** A certificate and the renewals round it: what is renewed daily has thousands. */
export interface Lineage {
  /** Old to new; the certificate itself is among them. */
  lineage: LineageMember[];
  /** How many there are before the first of them. */
  earlier: number;
  /** How many there are behind the last of them. */
  later: number;
  /** The certificate that renewed it, wherever it stands. */
  successor: LineageMember | null;
}

/** The most renewals that are read on either side. */
export const LINEAGE_REACH = 100;

const COLUMNS = {
  id: true,
  serial: true,
  notBefore: true,
  notAfter: true,
  createdAt: true,
  requestedBy: true,
} as const;

/**
 * The renewals round a certificate.
 *
 * @param certificate an issued one; `replacedById` as its summary has it
 */
export async function readLineage(
  { read }: Database,
  certificate: { id: string; lineageId: string; createdAt: Date; replacedById: string | null },
): Promise<Lineage> {
  const { id, lineageId, createdAt, replacedById } = certificate;
  const isOlder = {
    lineageId,
    ...ISSUED,
    OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }],
  };
  const isNewer = {
    lineageId,
    ...ISSUED,
    OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gte: id } }],
  };
  const [older, newer, olderCount, newerCount, successor] = await Promise.all([
    read.certificate.findMany({
      where: isOlder,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      select: COLUMNS,
      take: LINEAGE_REACH,
    }),
    read.certificate.findMany({
      where: isNewer,
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      select: COLUMNS,
      take: LINEAGE_REACH + 1,
    }),
    read.certificate.count({ where: isOlder }),
    read.certificate.count({ where: isNewer }),
    replacedById === null
      ? null
      : read.certificate.findFirst({ where: { id: replacedById, ...ISSUED }, select: COLUMNS }),
  ]);
  return {
    lineage: [...older.reverse(), ...newer],
    earlier: Math.max(0, olderCount - older.length),
    later: Math.max(0, newerCount - newer.length),
    successor,
  };
}
