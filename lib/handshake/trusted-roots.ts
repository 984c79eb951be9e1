import { bundleCertificates } from "#lib/authority/authority-read.ts";
import type { Database } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import { queryRows } from "#lib/sql-steps.ts";
import { sha256Fingerprint } from "#lib/x509/fingerprint.ts";
import { aboveImported, authoritiesAbove } from "./authorities-above.ts";
import { comparableName } from "./comparable-name.ts";
import { presumedRoots } from "./presumed-trust.ts";

/**
 * What a proxy trusts, as far as it was said: the certificates of the trust bundle that it loads.
 *
 * @param bundle short name: one that somebody made, `clients` or `servers`, or an authority's
 * @returns SHA-256 of certificates; null when there is no such bundle
 */
export async function trustedOfBundle(
  installation: Pick<Installation, "database" | "clock">,
  bundle: string,
): Promise<ReadonlySet<string> | null> {
  if (!isReference(bundle)) return null;
  const made = await installation.database.read.trustBundle.findUnique({
    where: { slug: bundle },
    select: { members: { select: { certificate: { select: { sha256: true } } } } },
  });
  if (made !== null) return new Set(made.members.map(({ certificate }) => certificate.sha256 ?? ""));
  try {
    return new Set((await bundleCertificates(installation, bundle)).map(sha256Fingerprint));
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return null;
    throw error;
  }
}

/** Issuers with the most certificates; those of few do not change what most have. */
const ISSUERS_MAX = 500;

/** Which root most certificates stand below changes slowly, and is asked with every batch of lines. */
const KEPT_MS = 60_000;

const kept = new WeakMap<Database, { until: number; roots: Promise<ReadonlySet<string>> }>();

/**
 * The roots that proxies probably trust when nobody has said it: those above the authorities of ours that issue to
 * clients, those in trust bundles, and those of most of the certificates known.
 *
 * @param now in milliseconds, of a clock that need not be right
 * @returns comparable names
 */
export function probableRoots(database: Database, now: number): Promise<ReadonlySet<string>> {
  const present = kept.get(database);
  if (present !== undefined && now < present.until && now >= present.until - KEPT_MS) return present.roots;
  const roots = readRoots(database);
  kept.set(database, { until: now + KEPT_MS, roots });
  roots.catch(() => kept.delete(database));
  return roots;
}

async function readRoots(database: Database): Promise<ReadonlySet<string>> {
  const [issuers, own, bundled] = await Promise.all([
    queryRows(
      database,
      `SELECT "issuerName", SUM("count") AS "certificates" FROM "CertificateCohort"
       WHERE "kind" = 'end-entity' AND "count" > 0 GROUP BY "issuerName" ORDER BY SUM("count") DESC LIMIT ${ISSUERS_MAX}`,
    ),
    database.read.authority.findMany({
      where: { purposes: { contains: '"client"' } },
      select: { certificate: { select: { subject: true } } },
    }),
    database.read.trustBundleMember.findMany({
      select: { certificate: { select: { subject: true } } },
      take: ISSUERS_MAX,
    }),
  ]);
  const trusted = [...own, ...bundled].map(({ certificate }) => certificate.subject);
  const names = issuers.map(({ issuerName }) => String(issuerName));
  const above = await authoritiesAbove(database, [...names, ...trusted]);
  const each = [...(await aboveImported(database)), ...above.map(({ certificate }) => certificate)];
  const authorities = [...new Map(each.map((certificate) => [certificate.sha256, certificate])).values()];
  const leaf = (issuer: string, weight: number) => ({
    ...{ subject: "", issuer: comparableName(issuer) ?? "", isAuthority: false, weight },
  });
  const mostly = issuers.map(({ issuerName, certificates }) =>
    leaf(String(issuerName), Number(certificates)),
  );
  return new Set([
    ...presumedRoots([...authorities, ...mostly]),
    ...trusted.flatMap((name) => [...presumedRoots([...authorities, leaf(name, 1)])]),
  ]);
}
