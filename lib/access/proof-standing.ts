import { type KnownIssuers, readKnownIssuers } from "#lib/access/known-issuers.ts";
import type { Database, Prisma } from "#lib/database.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

/**
 * How the certificates behind a credential are doing. `unknown` when none of them is in the inventory, though there
 * may be some: a pinned one that nobody here has seen, or names of an authority that signs elsewhere, too.
 */
export type Standing = "live" | "unknown" | "held" | "revoked" | "expired" | "not-yet-valid" | "none";

/** A certificate that a credential fits. */
export interface ProofCertificate {
  id: string;
  displayName: string;
  issuerId: string | null;
  notBefore: Date;
  notAfter: Date;
  revocation: { reason: string } | null;
}

export interface ProofStanding {
  standing: Standing;
  /** The newest that is live, or else the newest of all; null when none is known. */
  certificate: ProofCertificate | null;
  /** All of them that are live, the last to end first; not more than are looked at. */
  live: ProofCertificate[];
}

/** What is known of a credential. */
export interface StandingCredential {
  id: string;
  kind: string;
  sha256: string;
  nameType: string;
  nameValue: string;
  authorityId: string | null;
  lastUsedAt: Date | null;
}

/** Certificates of one credential that are looked at, the newest first; a name may have been renewed for years. */
const LOOKED_AT = 100;
/** As lib/inventory/foreign-names.ts keeps names. */
const NAME_MAX = 500;
/** Sorts behind every character that may follow. */
const AFTER = "\u{10FFFF}";

const NEWEST = {
  select: {
    ...{ id: true, displayName: true, issuerId: true, notBefore: true, notAfter: true },
    revocation: { select: { reason: true } },
  },
  orderBy: [{ notAfter: "desc" }, { id: "desc" }],
  take: LOOKED_AT,
} satisfies Prisma.CertificateFindManyArgs;

/**
 * Whether anybody can still come in by each of some credentials, as far as their certificates are known here.
 *
 * @returns by the id of the credential
 */
export async function proofStandings(
  database: Database,
  credentials: readonly StandingCredential[],
  now: Date,
  issuers?: KnownIssuers,
): Promise<Map<string, ProofStanding>> {
  const hasNames = credentials.some(({ kind }) => kind === "name");
  const standsFor = hasNames ? (issuers ?? (await readKnownIssuers(database))).standsFor : new Map();
  const standings = new Map<string, ProofStanding>();
  for (const credential of credentials) {
    await letOthersRun();
    const { all, more } = await certificatesOf(database, credential, standsFor);
    standings.set(credential.id, standingOf(all, more, credential, now));
  }
  return standings;
}

function standingOf(
  all: readonly ProofCertificate[],
  more: boolean,
  { kind, lastUsedAt }: StandingCredential,
  now: Date,
): ProofStanding {
  // RFC 5280 §4.1.2.5: the last second belongs to it.
  const lasts = ({ notAfter }: ProofCertificate) => now.getTime() < notAfter.getTime() + 1_000;
  const live = all.filter((each) => each.revocation === null && each.notBefore <= now && lasts(each));
  const [newest] = live;
  if (newest !== undefined) return { standing: "live", certificate: newest, live };
  const [last] = all;
  const isElsewhere =
    more ||
    // It came with something that was not known here.
    (lastUsedAt !== null && kind !== "certificate" && (last === undefined || lastUsedAt > last.notAfter)) ||
    (last === undefined && kind !== "name");
  if (last === undefined || isElsewhere) {
    return { standing: isElsewhere ? "unknown" : "none", certificate: last ?? null, live };
  }
  if (!lasts(last)) return { standing: "expired", certificate: last, live };
  if (last.revocation === null) return { standing: "not-yet-valid", certificate: last, live };
  const isHeld = last.revocation.reason === "certificateHold";
  return { standing: isHeld ? "held" : "revoked", certificate: last, live };
}

async function certificatesOf(
  { read }: Database,
  { kind, sha256, nameType, nameValue, authorityId }: StandingCredential,
  standsFor: ReadonlyMap<string, string>,
): Promise<{ all: ProofCertificate[]; more: boolean }> {
  if (kind !== "name") {
    const where = kind === "key" ? { keySha256: sha256 } : { sha256 };
    return {
      all: await read.certificate.findMany({ where: { ...where, ...ISSUED }, ...NEWEST }),
      more: false,
    };
  }
  const value = nameValue.toLowerCase();
  const range = rangeOf(nameType, value);
  // By the index of names, whose certificates are few; sorted by their ends, a million would be walked along.
  const named = await read.certificateName.findMany({
    where: range ?? { value: shownText(value, NAME_MAX) },
    select: { certificateId: true },
    orderBy: range === null ? [{ certificateId: "desc" }] : [],
    take: LOOKED_AT,
  });
  const first = standsFor.get(authorityId ?? "");
  const same = [...standsFor].filter(([, other]) => other === first).map(([id]) => id);
  const all = await read.certificate.findMany({
    where: { id: { in: named.map(({ certificateId }) => certificateId) }, issuerId: { in: same }, ...ISSUED },
    ...NEWEST,
  });
  return { all, more: named.length === LOOKED_AT };
}

/** Where the names lie for which a pattern stands; null for a name that stands for itself. */
function rangeOf(nameType: string, value: string) {
  if (nameType === "dns" && value.startsWith("*.")) {
    const from = [...shownText(value.slice(1), NAME_MAX)].reverse().join("");
    return { reversed: { gte: from, lt: `${from}${AFTER}` } };
  }
  if (nameType === "uri" && value.endsWith("/*")) {
    const from = shownText(value.slice(0, -1), NAME_MAX);
    return { value: { gte: from, lt: `${from}${AFTER}` } };
  }
  return null;
}
