import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { CertificateFault, PresentedCertificate } from "#lib/access/decide/request.ts";
import type { IdentityResult } from "#lib/access/identity-header/identity-certificate.ts";
import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import { type ReadCertificate, readPresented } from "#lib/access/presented-certificate.ts";
import { recordedRevocation } from "#lib/access/recorded-revocation.ts";
import { BoundedMemory } from "#lib/bounded-memory.ts";
import { isDatabaseAway } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { toHex } from "#lib/x509/hex.ts";

/** Some hundred thousand certificates, each with the header in which it came. */
const KEPT_BYTES = 256 * 1024 * 1024;

/**
 * A look-up takes less than a millisecond, and a request waits for it: longer than it takes to know that the database
 * is away, and less than proxies wait.
 */
const PATIENCE_MS = 2_500;

/** How often it is seen meanwhile whether the database is away; then what it failed to answer is asked again. */
const EVERY_MS = 50;

/** What an entry takes beside its header. */
const ENTRY_BYTES = 1_000;

interface Kept {
  size: number;
  certificate: ReadCertificate & PresentedCertificate;
  /** The value of the revocation counter for which that is right. */
  counter: number;
  /** With which authorities it was read. */
  issuers: KnownIssuers;
}

/**
 * Certificates as proxies pass them on, read once each: parsing one and checking its signature takes longer than
 * everything else in a decision. Whether it is revoked is asked again whenever anything was revoked.
 */
export class PresentedCertificates {
  readonly #installation: Installation;
  readonly #access: AccessSnapshot;
  readonly #kept = new BoundedMemory<Kept>(KEPT_BYTES);

  constructor(installation: Installation, access: AccessSnapshot) {
    this.#installation = installation;
    this.#access = access;
  }

  /**
   * A certificate that is known, and known to be up to date; else null.
   *
   * @param header the header's value, as it came
   */
  fromMemory(header: string): PresentedCertificate | null {
    const kept = this.#kept.get(header);
    if (kept === undefined || kept.issuers !== this.#access.issuers) return null;
    if (kept.counter !== this.#access.revocations) return null;
    return kept.certificate;
  }

  /**
   * The same, reading and asking what is not known. Never fails for lack of the database: while it is away a
   * certificate is as it was last, and one that was not seen before is `unknown`. While it is there, but does not
   * answer soon, each one is: something was revoked, and it may be this one.
   *
   * @param decode reads the header
   */
  async read(header: string, decode: () => IdentityResult): Promise<PresentedCertificate | CertificateFault> {
    const { issuers } = this.#access;
    const before = this.#kept.get(header);
    let certificate: ReadCertificate | null = before?.issuers === issuers ? before.certificate : null;
    if (certificate === null) {
      const identity = decode();
      if (typeof identity === "string") return identity;
      certificate = readPresented(identity.leaf, (subject) => issuers?.bySubject.get(toHex(subject)) ?? []);
      if (certificate === null) return "unreadable";
    }
    // Taken before it is looked up: what is found is as new or newer.
    const counter = this.#access.revocations;
    const revocation = await this.#lookUp(certificate);
    if (revocation === null) {
      const last = this.#access.awaySince === null ? undefined : before?.certificate.revocation;
      return { ...certificate, revocation: last ?? "unknown" };
    }
    const known = { ...certificate, revocation };
    if (issuers !== null) {
      const size = 2 * header.length + ENTRY_BYTES;
      this.#kept.set(header, { size, certificate: known, counter, issuers });
    }
    return known;
  }

  /** Null when the database is away, or does not say it soon enough. */
  async #lookUp(certificate: ReadCertificate): Promise<PresentedCertificate["revocation"] | null> {
    const end = performance.now() + PATIENCE_MS;
    const isOver = () => this.#access.awaySince !== null || performance.now() > end;
    while (!isOver()) {
      const answer = recordedRevocation(this.#installation.database, certificate).catch((error: unknown) => {
        if (!isDatabaseAway(error)) throw error;
        return null;
      });
      const found = await unless(isOver, answer);
      if (found !== null) return found;
      if (!isOver()) await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return null;
  }
}

/** The answer, or null when this becomes true before. */
async function unless<T>(isOver: () => boolean, answer: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<null>((resolve) => {
    timer = setInterval(() => {
      if (isOver()) resolve(null);
    }, EVERY_MS);
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearInterval(timer);
  }
}
