import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { type CertificatePath, certificatePaths } from "#lib/inventory/certificate-path.ts";

/** A trust bundle that holds a certificate of one of the paths. */
export interface TrustingBundle {
  slug: string;
  name: string;
  /** The member over which the path leads. */
  anchor: string;
  /**
   * trusts: the path is valid and ends in a root of the bundle; partial: the bundle holds an intermediate only, which
   * OpenSSL does not take for an anchor and others do; refuses: what leads to the member has a fault.
   */
  verdict: "trusts" | "partial" | "refuses";
}

/** A bundle as it is compared with paths. */
export interface BundleContents {
  slug: string;
  name: string;
  /** SHA-256 fingerprints, lower-case hexadecimal. */
  fingerprints: readonly string[];
}

const VERDICTS = ["trusts", "partial", "refuses"] as const;

/**
 * The trust bundles whose relying parties meet one of their certificates on a path of this one.
 *
 * @param id of a certificate
 * @param automatic bundles that are not stored, see lib/authority/automatic-bundles.ts
 * @throws DomainError `notFound`
 */
export async function trustedBy(
  installation: Installation,
  actor: Actor,
  id: string,
  automatic: readonly BundleContents[] = [],
): Promise<TrustingBundle[]> {
  authorize(actor, "certificate:read");
  const paths = await certificatePaths(installation, actor, id);
  const bundles = [...automatic, ...(await storedBundles(installation, paths))];
  return bundles.flatMap(({ slug, name, fingerprints }) => {
    const found = paths.flatMap((path) => verdictOf(path, new Set(fingerprints)) ?? []);
    const best = found.sort(
      (left, right) => VERDICTS.indexOf(left.verdict) - VERDICTS.indexOf(right.verdict),
    )[0];
    return best === undefined ? [] : [{ slug, name, ...best }];
  });
}

function verdictOf(
  { steps, isValid }: CertificatePath,
  members: ReadonlySet<string>,
): Pick<TrustingBundle, "anchor" | "verdict"> | null {
  const highest = steps.findLastIndex(({ sha256 }) => members.has(sha256));
  const anchor = steps[highest]?.name;
  if (anchor === undefined) return null;
  if (isValid && highest === steps.length - 1) return { anchor, verdict: "trusts" };
  const isSound = steps.slice(0, highest + 1).every(({ faults }) => faults.length === 0);
  return { anchor, verdict: isSound ? "partial" : "refuses" };
}

/** Those with a certificate of the paths, by name. */
async function storedBundles(
  installation: Installation,
  paths: readonly CertificatePath[],
): Promise<BundleContents[]> {
  const ids = [...new Set(paths.flatMap(({ steps }) => steps.flatMap(({ id }) => id ?? [])))];
  const rows = await installation.database.read.trustBundle.findMany({
    where: { members: { some: { certificateId: { in: ids } } } },
    select: {
      slug: true,
      name: true,
      members: {
        where: { certificateId: { in: ids } },
        select: { certificate: { select: { sha256: true } } },
      },
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: BUNDLES_MAX,
  });
  return rows.map(({ slug, name, members }) => ({
    slug,
    name,
    fingerprints: members.flatMap(({ certificate }) => certificate.sha256 ?? []),
  }));
}

/** More bundles than this are not told one by one. */
const BUNDLES_MAX = 100;
