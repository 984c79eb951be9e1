import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { authorityRefusal } from "#lib/access/decide/authority-standing.ts";
import type { CertificateFault, PresentedCertificate } from "#lib/access/decide/request.ts";
import type { KnownProxy } from "#lib/access/known-proxies.ts";
import { PresentedCertificates } from "#lib/access/presented-certificates.ts";
import type { ProxySightings } from "#lib/access/proxy-sightings.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { headerValues } from "#lib/request-headers.ts";

/** The certificate that a connection was made with. */
interface Presented {
  sha256: string;
  der: Uint8Array;
}

/**
 * Finds out which proxy a request comes from: by its token, or by the certificate with which it made the connection.
 * That certificate is pinned, so nobody need have signed it; its times, its revocation and that of what is above it count all
 * the same.
 */
export class AskingProxies {
  readonly #installation: Installation;
  readonly #access: AccessSnapshot;
  readonly #sightings: Pick<ProxySightings, "note">;
  readonly #certificates: PresentedCertificates;
  /** A connection has one certificate as long as it lasts. */
  readonly #presented = new WeakMap<Socket, Presented | null>();

  constructor(installation: Installation, access: AccessSnapshot, sightings: Pick<ProxySightings, "note">) {
    this.#installation = installation;
    this.#access = access;
    this.#sightings = sightings;
    this.#certificates = new PresentedCertificates(installation, access);
  }

  /**
   * The proxy that asks, found without waiting.
   *
   * @returns null when it is none; undefined when its certificate must be looked up first, see `find`
   */
  known(request: IncomingMessage): KnownProxy | null | undefined {
    const authorization = headerValues(request, "authorization");
    if (authorization.length > 0) {
      const [only = ""] = authorization.length === 1 ? authorization : [];
      return this.#seen(request.socket, this.#access.proxies?.ofAuthorization(only) ?? null);
    }
    const presented = this.#presentedBy(request.socket);
    if (presented === null) return null;
    const proxy = this.#access.proxies?.ofCertificate(presented.sha256) ?? null;
    if (proxy === null) return null;
    const certificate = this.#certificates.fromMemory(presented.sha256);
    return certificate === null
      ? undefined
      : this.#seen(request.socket, this.#isGood(certificate) ? proxy : null);
  }

  /** The same, looking up what is not known. @throws DomainError `unavailable` before proxies were read at all */
  async find(request: IncomingMessage): Promise<KnownProxy | null> {
    if (this.#access.proxies === null) {
      throw new DomainError("unavailable", "Clients and proxies are just being read; ask again in a moment.");
    }
    const known = this.known(request);
    return known === undefined ? this.ofConnection(request.socket) : known;
  }

  /** The proxy whose certificate a connection was made with; null when it is none's, or not good. */
  async ofConnection(socket: Socket): Promise<KnownProxy | null> {
    const presented = this.#presentedBy(socket);
    if (presented === null || this.#access.proxies?.ofCertificate(presented.sha256) == null) return null;
    const { sha256, der } = presented;
    const certificate =
      this.#certificates.fromMemory(sha256) ??
      (await this.#certificates.read(sha256, () => ({ leaf: der, chain: [] })));
    // The proxy may have been retired meanwhile.
    const proxy = this.#access.proxies?.ofCertificate(sha256) ?? null;
    return this.#seen(socket, this.#isGood(certificate) ? proxy : null);
  }

  #seen(socket: Socket, proxy: KnownProxy | null): KnownProxy | null {
    if (proxy !== null) this.#sightings.note(proxy.id, socket.remoteAddress ?? "");
    return proxy;
  }

  #isGood(certificate: PresentedCertificate | CertificateFault): boolean {
    if (typeof certificate === "string" || certificate.revocation !== "good") return false;
    const now = this.#installation.clock.now().getTime();
    const { issuer, notBefore, notAfter } = certificate;
    const authority = issuer === null ? undefined : this.#access.current?.authorities.get(issuer);
    // notAfter belongs to the certificate's life, RFC 5280 §4.1.2.5.
    return notBefore <= now && now < notAfter + 1_000 && authorityRefusal(authority, now) === null;
  }

  #presentedBy(socket: Socket | TLSSocket): Presented | null {
    const known = this.#presented.get(socket);
    if (known !== undefined) return known;
    const certificate = "getPeerX509Certificate" in socket ? socket.getPeerX509Certificate() : undefined;
    const presented =
      certificate === undefined
        ? null
        : {
            sha256: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
            der: new Uint8Array(certificate.raw),
          };
    this.#presented.set(socket, presented);
    return presented;
  }
}
