import type { IdentityHeader, ProxyKind } from "#lib/access/proxy-input.ts";
import type { Database } from "#lib/database.ts";
import { isWellFormedToken, tokenHash } from "#lib/identity/api-token-format.ts";
import { bearerOf } from "#lib/identity/authenticate-token.ts";

/** A proxy whose word is believed. */
export interface KnownProxy {
  id: string;
  slug: string;
  kind: ProxyKind;
  header: IdentityHeader;
  /** Short names of the services that it may ask for. */
  services: ReadonlySet<string>;
}

/** By what a proxy proves itself. */
interface ProxyProof {
  proxy: KnownProxy;
  tokenHash: string;
  certificateSha256: string | null;
}

/** The proxies that there are, in memory: they are known without the database, too. */
export class KnownProxies {
  readonly #byTokenHash = new Map<string, KnownProxy>();
  readonly #byCertificate = new Map<string, KnownProxy>();
  readonly #bySlug = new Map<string, KnownProxy>();
  /**
   * By the header in which its token comes: hashing each time would take as long as a decision. Only one with a token
   * that exists is remembered, and one way of writing it.
   */
  readonly #remembered = new Map<string, KnownProxy>();

  constructor(proofs: Iterable<ProxyProof>) {
    for (const { proxy, tokenHash: hash, certificateSha256 } of proofs) {
      this.#byTokenHash.set(hash, proxy);
      this.#bySlug.set(proxy.slug, proxy);
      if (certificateSha256 !== null) this.#byCertificate.set(certificateSha256, proxy);
    }
  }

  /** @param authorization header as it came @returns null when its token is nobody's */
  ofAuthorization(authorization: string): KnownProxy | null {
    const remembered = this.#remembered.get(authorization);
    if (remembered !== undefined) return remembered;
    const token = bearerOf(authorization);
    if (token === undefined || !isWellFormedToken(token, "csp_")) return null;
    const proxy = this.#byTokenHash.get(tokenHash(token));
    if (proxy === undefined) return null;
    if (authorization === `Bearer ${token}`) this.#remembered.set(authorization, proxy);
    return proxy;
  }

  /** By its short name, which proves nothing. */
  ofSlug(slug: string): KnownProxy | null {
    return this.#bySlug.get(slug) ?? null;
  }

  /** @param sha256 of the certificate with which a connection was made, lower-case hex */
  ofCertificate(sha256: string): KnownProxy | null {
    return this.#byCertificate.get(sha256) ?? null;
  }
}

/** Reads all proxies that are not retired. */
export async function readKnownProxies({ read }: Database): Promise<KnownProxies> {
  const rows = await read.proxy.findMany({
    where: { status: "active" },
    select: {
      id: true,
      slug: true,
      kind: true,
      header: true,
      tokenHash: true,
      certificateSha256: true,
      services: { select: { service: { select: { slug: true } } } },
    },
  });
  return new KnownProxies(
    rows.map(({ id, slug, kind, header, services, ...proof }) => ({
      ...proof,
      proxy: {
        ...{ id, slug },
        // Both are written by proxy-change.ts only.
        kind: kind as ProxyKind,
        header: header as IdentityHeader,
        services: new Set(services.map(({ service }) => service.slug)),
      },
    })),
  );
}
