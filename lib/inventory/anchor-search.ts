import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** A certificate that may go into a trust bundle. */
export interface AnchorChoice {
  id: string;
  name: string;
  subject: string;
  notBefore: Date;
  notAfter: Date;
  sha256: string;
  isSelfIssued: boolean;
  /** Whether it is an authority of ours. */
  isOwn: boolean;
}

/** The most that one search answers. */
export const ANCHORS_SHOWN = 20;

const QUERY_MAX = 200;

/**
 * Certificates of authorities by any part of their name or subject, or by the beginning of their fingerprint; those
 * of ours first. There are few enough to look at all: end-entity certificates are not among them.
 *
 * @param query what was typed; empty for the first ones
 */
export async function searchAnchors(
  installation: Installation,
  actor: Actor,
  query: string,
): Promise<AnchorChoice[]> {
  authorize(actor, "certificate:read");
  const asked = query.trim().toLowerCase().slice(0, QUERY_MAX).replaceAll("\0", "");
  const like = `%${asked.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const found = await queryRows(
    installation.database,
    `SELECT c."id" AS "id", MAX(CASE WHEN a."id" IS NULL THEN 0 ELSE 1 END) AS "own" FROM "IssuerCandidate" i
     JOIN "Certificate" c ON c."id" = i."certificateId" LEFT JOIN "Authority" a ON a."certificateId" = c."id"
     WHERE c."kind" = 'authority' AND c."status" = 'issued'
       AND (c."sortName" LIKE ? ESCAPE '\\' OR LOWER(c."subject") LIKE ? ESCAPE '\\' OR c."sha256" LIKE ? ESCAPE '\\')
     GROUP BY c."id", c."sortName" ORDER BY 2 DESC, c."sortName", c."id" LIMIT ${ANCHORS_SHOWN}`,
    [like, like, like.replace(/[:%\s]/g, "").concat("%")],
  );
  const ids = found.map((row) => String(row.id));
  const rows = await installation.database.read.certificate.findMany({
    where: { id: { in: ids } },
    select: {
      id: true,
      displayName: true,
      subject: true,
      issuerName: true,
      notBefore: true,
      notAfter: true,
      sha256: true,
      authorities: { select: { id: true } },
    },
  });
  return ids.flatMap((id) => {
    const row = rows.find((each) => each.id === id);
    if (row === undefined) return [];
    return [
      {
        id,
        name: row.displayName,
        subject: row.subject,
        notBefore: row.notBefore,
        notAfter: row.notAfter,
        sha256: row.sha256 ?? "",
        isSelfIssued: row.subject === row.issuerName,
        isOwn: row.authorities.length > 0,
      },
    ];
  });
}
