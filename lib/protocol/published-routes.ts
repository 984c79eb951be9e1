import { authorityPath, trustBundle } from "#lib/authority/authority-read.ts";
import { DomainError } from "#lib/errors.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
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
    const bundle = /^(.+)\.pem$/.exec(c.req.param("file"))?.[1];
    if (bundle === undefined) throw notFound();
    return c.body(await trustBundle(installation, bundle), 200, {
      "Content-Type": PEM,
      "Cache-Control": "public, max-age=300",
    });
  });
}

const PEM = "application/x-pem-file";

const notFound = () =>
  new DomainError(
    "notFound",
    "Issuer certificates are at /ca/{authority}.crt or .pem, bundles at /trust/{bundle}.pem.",
  );
