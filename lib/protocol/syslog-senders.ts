import type { Socket } from "node:net";
import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { AskingProxies } from "#lib/access/asking-proxies.ts";
import type { KnownProxy } from "#lib/access/known-proxies.ts";
import { type ProxySightings, placeName } from "#lib/access/proxy-sightings.ts";
import { saidNames } from "#lib/handshake/syslog-sender.ts";

/**
 * Whose lines come by syslog. Over TLS a proxy is known by its certificate; everywhere by its token, which stands in
 * the message; and without TLS, from this machine and from addresses that the settings name, by its short name as
 * host or application: whoever can send from there could send anything.
 */
export class SyslogSenders {
  readonly #access: Pick<AccessSnapshot, "proxies">;
  readonly #proxies: Pick<AskingProxies, "ofConnection">;
  readonly #sightings: Pick<ProxySightings, "note">;
  readonly #isTrusted: (address: string) => boolean;

  /** @param isTrusted whether names from this address of another machine count */
  constructor(
    access: Pick<AccessSnapshot, "proxies">,
    proxies: Pick<AskingProxies, "ofConnection">,
    sightings: Pick<ProxySightings, "note">,
    isTrusted: (address: string) => boolean,
  ) {
    this.#access = access;
    this.#proxies = proxies;
    this.#sightings = sightings;
    this.#isTrusted = isTrusted;
  }

  /** Whether proxies were read at all. */
  get areKnown(): boolean {
    return this.#access.proxies !== null;
  }

  /** By the certificate of a TLS connection; null for none, or one that is nobody's or not good. */
  ofConnection(socket: Socket): Promise<KnownProxy | null> {
    return this.#proxies.ofConnection(socket);
  }

  /** @param remoteAddress from where it came */
  ofToken(token: string, remoteAddress: string): KnownProxy | null {
    return this.#seen(this.#access.proxies?.ofAuthorization(`Bearer ${token}`) ?? null, remoteAddress);
  }

  /** By what a line says that came without TLS. */
  ofName(line: string, remoteAddress: string): KnownProxy | null {
    const place = placeName(remoteAddress);
    if (place !== "localhost" && !this.#isTrusted(place)) return null;
    for (const name of saidNames(line)) {
      const proxy = this.#access.proxies?.ofSlug(name) ?? null;
      if (proxy !== null) return this.#seen(proxy, remoteAddress);
    }
    return null;
  }

  #seen(proxy: KnownProxy | null, remoteAddress: string): KnownProxy | null {
    if (proxy !== null) this.#sightings.note(proxy.id, remoteAddress);
    return proxy;
  }
}
