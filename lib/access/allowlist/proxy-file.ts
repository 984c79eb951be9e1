import type { AllowlistName } from "#lib/access/allowlist/allowlist-version.ts";
import { SoonFlushed } from "#lib/access/soon-flushed.ts";
import { DomainError, malformed, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

interface Fetch extends AllowlistName {
  proxyId: string;
  fetchedVersion: number;
  fetchedAt: Date;
}

/** Rows of one transaction, for which others wait. */
const PART = 50;

/**
 * Remembers which version of which list each proxy has: in memory, and written every few seconds. There are as many as
 * there are proxies with their services and formats.
 */
export class ProxyFileTally {
  readonly #installation: Installation;
  readonly #flushed = new SoonFlushed(() => this.flush(), "which allowlists proxies fetched");
  #fetches = new Map<string, Fetch>();

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** A proxy has fetched a version, or said that it has it. */
  note(proxyId: string, list: AllowlistName, version: number): void {
    const fetchedAt = this.#installation.clock.now();
    const { serviceId, format } = list;
    const fetch: Fetch = { proxyId, serviceId, format, fetchedVersion: version, fetchedAt };
    this.#fetches.set(`${proxyId} ${list.serviceId} ${list.format}`, fetch);
    this.#flushed.noted();
  }

  /** Writes what is left. */
  end(): Promise<void> {
    return this.#flushed.end();
  }

  /** Writes what was noted. @throws whatever the database throws; what is not written then is kept */
  async flush(): Promise<void> {
    const all = [...this.#fetches];
    this.#fetches = new Map();
    for (let start = 0; start < all.length; start += PART) {
      const part = all.slice(start, start + PART);
      try {
        await this.#write(part.map(([, fetch]) => fetch));
      } catch (error) {
        for (const [key, fetch] of all.slice(start)) {
          if (!this.#fetches.has(key)) this.#fetches.set(key, fetch);
        }
        throw error;
      }
    }
  }

  async #write(part: readonly Fetch[]): Promise<void> {
    await this.#installation.database.write(async (transaction) => {
      for (const { proxyId, serviceId, format, fetchedVersion, fetchedAt } of part) {
        await transaction.proxyFile.upsert({
          where: { proxyId_serviceId_format: { proxyId, serviceId, format } },
          create: { proxyId, serviceId, format, fetchedVersion, fetchedAt },
          update: { fetchedVersion, fetchedAt },
        });
      }
    });
  }
}

/**
 * A proxy says which version it has in use now: after it was checked and loaded.
 *
 * @throws DomainError `malformed` for what is no version; `policyViolation` for one that there was never
 */
export async function reportLiveVersion(
  { database, clock }: Installation,
  proxyId: string,
  { serviceId, format }: AllowlistName,
  version: unknown,
): Promise<void> {
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1) {
    throw malformed("version", "allowlist.version", "version is a whole number from 1.");
  }
  const now = clock.now();
  await database.write(async (transaction) => {
    const newest = await transaction.allowlist.findUnique({
      where: { serviceId_format: { serviceId, format } },
      select: { version: true },
    });
    if (newest === null) throw new DomainError("notFound", "No such list was ever made.");
    if (version > newest.version) {
      throw policyViolation("version", "allowlist.version", `The newest version is ${newest.version}.`);
    }
    const live = { liveVersion: version, liveAt: now };
    await transaction.proxyFile.upsert({
      where: { proxyId_serviceId_format: { proxyId, serviceId, format } },
      create: { proxyId, serviceId, format, fetchedVersion: version, fetchedAt: now, ...live },
      update: live,
    });
  });
}
