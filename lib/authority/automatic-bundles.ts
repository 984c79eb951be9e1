import { bundleCertificates } from "#lib/authority/authority-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { type BundleMember, bundleMembers, MEMBER_SELECT } from "#lib/inventory/bundle-members.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { sha256Fingerprint } from "#lib/x509/fingerprint.ts";
import { commonName, formatName } from "#lib/x509/name.ts";

/** The bundles that keep themselves: what signs certificates for a purpose, and what stands above it. */
export const AUTOMATIC_BUNDLES = {
  clients: {
    name: "Our clients",
    description:
      "Every authority of ours that issues for clients, up to its root: for services that demand client certificates. Keeps itself; a retired authority stays until it ends.",
  },
  servers: {
    name: "Our servers",
    description:
      "Every authority of ours that issues for servers, up to its root: for clients that check our servers. Keeps itself; a retired authority stays until it ends.",
  },
} as const;

export type AutomaticBundleSlug = keyof typeof AUTOMATIC_BUNDLES;

/** A bundle that keeps itself. */
export interface AutomaticBundle {
  slug: AutomaticBundleSlug;
  name: string;
  description: string;
  /** When each of its certificates ends. */
  ends: Date[];
  /** SHA-256, lower-case hexadecimal. */
  fingerprints: string[];
}

/** Whether a short name is that of a bundle which keeps itself. */
export function isAutomaticBundle(slug: string): slug is AutomaticBundleSlug {
  return Object.hasOwn(AUTOMATIC_BUNDLES, slug);
}

/** The bundles that keep themselves; those without any authority yet are left out. */
export async function automaticBundles(installation: Installation, actor: Actor): Promise<AutomaticBundle[]> {
  authorize(actor, "authority:read");
  const bundles = await Promise.all(
    (Object.keys(AUTOMATIC_BUNDLES) as AutomaticBundleSlug[]).map(async (slug) => {
      const certificates = await bundleCertificates(installation, slug);
      return {
        slug,
        ...AUTOMATIC_BUNDLES[slug],
        ends: certificates.map((der) => parseCertificate(der).notAfter),
        fingerprints: certificates.map((der) => sha256Fingerprint(der)),
      };
    }),
  );
  return bundles.filter(({ fingerprints }) => fingerprints.length > 0);
}

/** What such a bundle holds now. */
export async function automaticBundleMembers(
  installation: Installation,
  actor: Actor,
  slug: AutomaticBundleSlug,
): Promise<BundleMember[]> {
  authorize(actor, "authority:read");
  const certificates = await bundleCertificates(installation, slug);
  const fingerprints = certificates.map((der) => sha256Fingerprint(der));
  const rows = await installation.database.read.certificate.findMany({
    where: { sha256: { in: fingerprints } },
    select: MEMBER_SELECT,
  });
  const ordered = fingerprints.flatMap((sha256) => rows.find((row) => row.sha256 === sha256) ?? []);
  const here = await bundleMembers(installation, actor, ordered);
  return certificates.map((der, index) => {
    const known = here.find(({ sha256 }) => sha256 === fingerprints[index]);
    if (known !== undefined) return { ...known, reachesRoot: true, missing: [] };
    const { subject, issuer, sha256, notBefore, notAfter } = parseCertificate(der);
    return {
      id: null,
      name: commonName(subject) ?? formatName(subject),
      subject: formatName(subject),
      sha256,
      notBefore,
      notAfter,
      isRoot: formatName(subject) === formatName(issuer),
      authority: null,
      reachesRoot: true,
      missing: [],
    };
  });
}
