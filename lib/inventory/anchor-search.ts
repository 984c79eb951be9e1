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

/** Subjects that one search reads, some 20 ms; names and fingerprints are looked for among all. */
const SUBJECTS_READ = 5_000;

const AUTHORITIES = `FROM "IssuerCandidate" i JOIN "Certificate" c ON c."id" = i."certificateId"
  LEFT JOIN "Authority" a ON a."certificateId" = c."id" WHERE c."kind" = 'authority' AND c."status" = 'issued'`;

const OURS_FIRST = 'ORDER BY MAX(CASE WHEN a."id" IS NULL THEN 0 ELSE 1 END) DESC, c."sortName", c."id"';

/**
 * Certificates of authorities by any part of their name, or by the beginning of their fingerprint; behind them those
 * by any part of their subject. Of either those of ours first.
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
  const named = await idsByName(installation, asked);
  const others = named.length < ANCHORS_SHOWN && asked !== "" ? await idsBySubject(installation, asked) : [];
  const ids = [...new Set([...named, ...others])].slice(0, ANCHORS_SHOWN);
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

async function idsByName({ database }: Installation, asked: string): Promise<string[]> {
  const like = `%${asked.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const found = await queryRows(
    database,
    `SELECT c."id" AS "id" ${AUTHORITIES} AND (c."sortName" LIKE ? ESCAPE '\\' OR c."sha256" LIKE ? ESCAPE '\\')
     GROUP BY c."id", c."sortName" ${OURS_FIRST} LIMIT ${ANCHORS_SHOWN}`,
    [like, like.replace(/[:%\s]/g, "").concat("%")],
  );
  return found.map(({ id }) => String(id));
}

/** Compared here: SQLite knows small letters of English only, and what PostgreSQL knows is its locale's affair. */
async function idsBySubject({ database }: Installation, asked: string): Promise<string[]> {
  const read = await queryRows(
    database,
    `SELECT c."id" AS "id", c."subject" AS "subject" ${AUTHORITIES}
     GROUP BY c."id", c."sortName", c."subject" ${OURS_FIRST} LIMIT ${SUBJECTS_READ}`,
  );
  return read
    .filter(({ subject }) => String(subject).toLowerCase().includes(asked))
    .map(({ id }) => String(id));
}
