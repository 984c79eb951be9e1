import type { RemedyFile } from "#components/failures/remedy-offer.ts";
import { type AutomaticBundleSlug, automaticBundles } from "#lib/authority/automatic-bundles.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import type { Cause } from "#lib/handshake/causes.ts";
import type { Installation } from "#lib/installation.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import { listBundles } from "#lib/inventory/trust-bundle-read.ts";
import { trustedBy } from "#lib/inventory/trusted-by.ts";
import type { Found } from "./found.ts";

const FILES_MAX = 3;

/** Who does not trust: it is to load who issues for the other side. */
const TRUSTS: Partial<Record<Cause, AutomaticBundleSlug>> = {
  "server-untrusted": "servers",
  "upstream-untrusted": "servers",
};

/** Of these the usual bundle is no help: it has not what is missing. */
const STRANGERS: ReadonlySet<Cause> = new Set(["issuer-unknown", "self-signed"]);

/**
 * The bundles with which a certificate would be trusted; of one that is not known those that keep themselves, and what
 * the proxy is said to load.
 */
export async function bundleFiles(
  here: Installation,
  actor: UserActor,
  certificate: CertificateDetail | null,
  { cause, bundle }: { cause: Cause; bundle: string },
): Promise<Found> {
  const [automatic, made] = await Promise.all([automaticBundles(here, actor), listBundles(here, actor)]);
  const trusting =
    certificate === null
      ? []
      : (await trustedBy(here, actor, certificate.id, automatic)).filter(
          ({ verdict }) => verdict === "trusts",
        );
  if (certificate !== null && trusting.length === 0 && STRANGERS.has(cause)) {
    return {
      offer: { do: "open", label: "Trust bundles", href: "/bundles" },
      note: "No trust bundle here has its authority: add it to one, and let the proxy load that one.",
    };
  }
  const all = [...automatic, ...made];
  const usual = TRUSTS[cause] ?? "clients";
  const wanted =
    trusting.length > 0 ? trusting.map(({ slug }) => slug) : [bundle, usual].filter((slug) => slug !== "");
  const files = [...new Set(wanted)].flatMap((slug): RemedyFile[] => {
    const found = all.find((each) => each.slug === slug);
    if (found === undefined) return [];
    const detail = slug === bundle ? "what the proxy is said to load, as it is now" : "";
    return [{ label: found.name, href: `/bundles/${slug}/download`, detail }];
  });
  return files.length === 0
    ? { offer: { do: "open", label: "Trust bundles", href: "/bundles" } }
    : { offer: { do: "download", files: files.slice(0, FILES_MAX) } };
}
