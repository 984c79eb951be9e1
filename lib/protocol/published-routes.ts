import { authorityPath, trustBundle } from "#lib/authority/authority-read.ts";
import { isAutomaticBundle } from "#lib/authority/automatic-bundles.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { type PublishedBundle, publishedBundle, publishedText } from "#lib/inventory/trust-bundle-publish.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { isUnchanged } from "#lib/protocol/conditional.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** Certificates never change under their name; relying parties may keep them for an hour. */
const CACHE = "public, max-age=3600";

/** What relying parties fetch without a token: issuer certificates (RFC 5280 §4.2.2.1) and trust bundles. */
export function publishedRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.get("/ca/:file", async (c) => {
    const [, slug, ending] = /^(.+)\.(crt|pem)$/.exec(c.req.param("file")) ?? [];
    if (slug === undefined) throw notFound();
    const [certificate] = await authorityPath(installation, slug);
    if (certificate === undefined) throw notFound();
    // RFC 2585 §4.1: DER, application/pkix-cert.
    return ending === "crt"
      ? c.body(new Uint8Array(certificate), 200, {
          "Content-Type": "application/pkix-cert",
          "Cache-Control": CACHE,
        })
      : c.body(encodePem("CERTIFICATE", certificate), 200, { "Content-Type": PEM, "Cache-Control": CACHE });
  });

  application.get("/trust/:file", async (c) => {
    const slug = /^(.+)\.pem$/.exec(c.req.param("file"))?.[1];
    if (slug === undefined) throw notFound();
    const bundle = await bundleOf(installation, slug);
    const headers = {
      "Cache-Control": "public, max-age=300",
      ETag: bundle.etag,
      ...(bundle.lastModified === null ? {} : { "Last-Modified": bundle.lastModified.toUTCString() }),
    };
    if (isUnchanged((name) => c.req.header(name), bundle)) return c.body(null, 304, headers);
    return c.body(bundle.pem, 200, { "Content-Type": PEM, ...headers });
  });
}

/** One that somebody made, one that keeps itself, or an authority with those above it. */
async function bundleOf(installation: Installation, slug: string): Promise<PublishedBundle> {
  const made = await publishedBundle(installation, slug);
  if (made !== null) return made;
  try {
    return publishedText(await trustBundle(installation, slug), null);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "notFound" || isAutomaticBundle(slug)) throw error;
    throw new DomainError("notFound", "There is no trust bundle and no authority with this name.");
  }
}

const PEM = "application/x-pem-file";

const notFound = () =>
  new DomainError(
    "notFound",
    "Issuer certificates are at /ca/{authority}.crt or .pem, bundles at /trust/{bundle}.pem.",
  );
