import type { IdentityHeader } from "#lib/access/proxy-input.ts";
import type { Database } from "#lib/database.ts";
import { isWellFormedToken, tokenHash } from "#lib/identity/api-token-format.ts";

/** A proxy whose word is believed. */
export interface KnownProxy {
  id: string;
  slug: string;
  header: IdentityHeader;
  /** Short names of the services that it may ask for. */
  services: ReadonlySet<string>;
}

/** The proxies that there are, in memory: they are known without the database, too. */
export class KnownProxies {
  /** By the hash of the token. */
  readonly #proxies: ReadonlyMap<string, KnownProxy>;
  /** Hashing each time would take as long as a decision. Only tokens that exist are remembered. */
  readonly #remembered = new Map<string, KnownProxy>();

  constructor(proxies: ReadonlyMap<string, KnownProxy>) {
    this.#proxies = proxies;
  }

  /** @param token as it came, see `bearerOf` @returns null for one that is nobody's */
  of(token: string): KnownProxy | null {
    const remembered = this.#remembered.get(token);
    if (remembered !== undefined) return remembered;
    if (!isWellFormedToken(token, "csp_")) return null;
    const proxy = this.#proxies.get(tokenHash(token));
    if (proxy === undefined) return null;
    this.#remembered.set(token, proxy);
    return proxy;
  }
}

/** Reads all proxies that are not retired. */
export async function readKnownProxies({ read }: Database): Promise<KnownProxies> {
  const rows = await read.proxy.findMany({
    where: { status: "active" },
    select: {
      id: true,
      slug: true,
      header: true,
      tokenHash: true,
      services: { select: { service: { select: { slug: true } } } },
    },
  });
  return new KnownProxies(
    new Map(
      rows.map(({ id, slug, header, tokenHash: hash, services }) => [
        hash,
        {
          ...{ id, slug },
          header: header as IdentityHeader, // written by proxy-change.ts only
          services: new Set(services.map(({ service }) => service.slug)),
        },
      ]),
    ),
  );
}
