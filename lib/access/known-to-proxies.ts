import { createHash } from "node:crypto";
import { fetchScript } from "#lib/access/fetch-script.ts";
import { trustBundle } from "#lib/authority/authority-read.ts";
import type { Installation } from "#lib/installation.ts";
import { publishedBundle } from "#lib/inventory/trust-bundle-publish.ts";

/** SHA-256, lower-case hexadecimal, of what a proxy with an allowlist fetches once, without a proof of its own. */
export interface KnownToProxies {
  /** Of the script that keeps the list fresh. */
  script: string;
  /** Of the trust bundles `servers` and `clients`, as they are published. */
  servers: string;
  clients: string;
}

/**
 * What proxies compare with. Public.
 *
 * @throws DomainError `notFound` before there is an authority
 */
export async function knownToProxies(installation: Installation): Promise<KnownToProxies> {
  const bundle = async (slug: string) =>
    sha256((await publishedBundle(installation, slug))?.pem ?? (await trustBundle(installation, slug)));
  return {
    script: (await fetchScript(installation, "allowlist")).sha256,
    servers: await bundle("servers"),
    clients: await bundle("clients"),
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
