import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Prisma } from "#lib/database.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import {
  REVOCATION_FACTS,
  type RevocationFacts,
  revocationFactsOf,
} from "#lib/inventory/revocation-facts.ts";
import { isReference } from "#lib/reference.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** A revocation as the list shows it. */
export interface ListedRevocation extends RevocationFacts {
  certificate: { id: string; serial: string; name: string; kind: string; notAfter: Date };
  /** The authority whose list has it; null when a foreign one says so. */
  authority: { id: string; slug: string; name: string } | null;
  /** From the revocation to the first CRL that has it; null while none has. */
  secondsToPublish: number | null;
}

export interface RevocationListing {
  /** `next` of the page before. */
  after?: string | undefined;
  /** At most REVOCATIONS_MAX. */
  limit?: number | undefined;
  /** Id or slug. */
  authority?: string | undefined;
  reason?: RevocationReason | undefined;
}

export interface RevocationPage {
  /** The newest first. */
  revocations: ListedRevocation[];
  /** Pass as `after` for the older ones; null at the end. */
  next: string | null;
}

/** The most revocations on one page. */
export const REVOCATIONS_MAX = 200;

const LISTED = {
  ...REVOCATION_FACTS,
  issuerId: true,
  certificate: {
    select: {
      id: true,
      serial: true,
      displayName: true,
      kind: true,
      notAfter: true,
      issuer: { select: { id: true, slug: true, name: true } },
    },
  },
} as const satisfies Prisma.RevocationSelect;

/**
 * What is known of the revocation of a certificate.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @returns null for one that is neither revoked nor held
 * @throws DomainError `notFound`, `forbidden`
 */
export async function revocationOf(
  installation: Installation,
  actor: Actor,
  reference: string,
): Promise<RevocationFacts | null> {
  authorize(actor, "certificate:read");
  const { id } = await isReferredTo(installation, reference);
  const row = await installation.database.read.revocation.findUnique({
    where: { certificateId: id },
    select: REVOCATION_FACTS,
  });
  return row === null ? null : revocationFactsOf(row);
}

/**
 * Revocations and holds, the newest first: what was released is not among them.
 *
 * @throws DomainError `malformed` for a cursor that is none, `forbidden`
 */
export async function listRevocations(
  { database }: Installation,
  actor: Actor,
  { after, limit = 50, authority, reason }: RevocationListing = {},
): Promise<RevocationPage> {
  authorize(actor, "certificate:read");
  const size = Math.max(1, Math.min(limit, REVOCATIONS_MAX));
  const issuer =
    authority === undefined
      ? null
      : await database.read.authority.findFirst({
          where: { OR: [{ id: authority }, { slug: authority }] },
          select: { id: true },
        });
  if (authority !== undefined && issuer === null) return { revocations: [], next: null };
  const rows = await database.read.revocation.findMany({
    where: {
      ...(issuer === null ? {} : { issuerId: issuer.id }),
      ...(reason === undefined ? {} : { reason }),
      ...(after === undefined ? {} : isBehind(after)),
    },
    orderBy: [{ revokedAt: "desc" }, { certificateId: "desc" }],
    select: LISTED,
    take: size + 1,
  });
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    revocations: page.map(listed),
    next: rows.length > size && last !== undefined ? cursorOf(last.revokedAt, last.certificate.id) : null,
  };
}

function listed(row: Prisma.RevocationGetPayload<{ select: typeof LISTED }>): ListedRevocation {
  const { id, serial, displayName, kind, notAfter, issuer } = row.certificate;
  const { revokedAt, publishedAt } = row;
  return {
    ...revocationFactsOf(row),
    certificate: { id, serial, name: displayName, kind, notAfter },
    authority: row.issuerId === null ? null : issuer,
    secondsToPublish:
      publishedAt === null ? null : Math.max(0, (publishedAt.getTime() - revokedAt.getTime()) / 1000),
  };
}

/** A place in the list, in letters that need no escaping in an address. */
function cursorOf(revokedAt: Date, certificateId: string): string {
  return `${revokedAt.getTime() / 1000}.${certificateId}`;
}

function isBehind(cursor: string): Prisma.RevocationWhereInput {
  const [text = "", id = "", ...rest] = cursor.slice(0, 200).split(".");
  if (!/^\d{1,11}$/.test(text) || !isReference(id) || rest.length > 0) {
    throw malformed("after", "cursor", "after is not a cursor that this list gave out.");
  }
  const revokedAt = new Date(Number(text) * 1000);
  return {
    revokedAt: { lte: revokedAt },
    OR: [{ revokedAt: { lt: revokedAt } }, { certificateId: { lt: id } }],
  };
}
