import { SoonFlushed } from "#lib/access/soon-flushed.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

interface Sighting {
  proxyId: string;
  address: string;
  firstAt: Date;
  lastAt: Date;
}

/** Different ones between two flushes, and addresses of one proxy in the database: those that asked last. */
const SIGHTINGS_MAX = 1_000;
const ADDRESSES_MAX = 100;

/** So long an address that does not ask again is remembered. */
const ADDRESS_DAYS = 30;

/** Rows of one transaction, for which others wait. */
const PART = 50;

/**
 * Remembers when and from where each proxy asked: in memory, and written every few seconds. A token that is used from
 * two places at once was perhaps copied.
 */
export class ProxySightings {
  readonly #installation: Installation;
  readonly #flushed = new SoonFlushed(() => this.flush(), "from where proxies asked");
  #seen = new Map<string, Sighting>();
  #last: { sighting: Sighting; remoteAddress: string } | null = null;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** @param remoteAddress of the socket */
  note(proxyId: string, remoteAddress: string): void {
    const at = this.#installation.clock.now();
    // Nearly always it is the one before: thousands of times a second.
    const last = this.#last;
    if (last !== null && last.remoteAddress === remoteAddress && last.sighting.proxyId === proxyId) {
      // Written once a second only, as in use-tally.ts.
      if (last.sighting.lastAt.getTime() !== at.getTime()) last.sighting.lastAt = at;
      return;
    }
    const key = `${proxyId} ${remoteAddress}`;
    const sighting = this.#seen.get(key);
    if (sighting !== undefined) {
      sighting.lastAt = at;
      this.#last = { sighting, remoteAddress };
      return;
    }
    if (this.#seen.size >= SIGHTINGS_MAX) return;
    this.#seen.set(key, { proxyId, address: placeName(remoteAddress), firstAt: at, lastAt: at });
    this.#flushed.noted();
  }

  /** Writes what is left. */
  end(): Promise<void> {
    return this.#flushed.end();
  }

  /** Writes what was seen. @throws whatever the database throws; what is not written then is kept */
  async flush(): Promise<void> {
    const all = this.#seen;
    this.#seen = new Map();
    this.#last = null;
    const entries = [...all];
    for (let start = 0; start < entries.length; start += PART) {
      const part = entries.slice(start, start + PART).map(([, sighting]) => sighting);
      try {
        await this.#installation.database.write((transaction) => this.#write(transaction, part));
      } catch (error) {
        for (const [key, sighting] of entries.slice(start)) this.#keep(key, sighting);
        throw error;
      }
    }
  }

  #keep(key: string, sighting: Sighting): void {
    const since = this.#seen.get(key);
    if (since === undefined) this.#seen.set(key, sighting);
    else since.firstAt = sighting.firstAt;
  }

  async #write(transaction: Transaction, part: readonly Sighting[]): Promise<void> {
    const proxyIds = [...new Set(part.map(({ proxyId }) => proxyId))];
    const known = await transaction.proxy.findMany({
      where: { id: { in: proxyIds } },
      select: { id: true },
    });
    for (const { proxyId, address, firstAt, lastAt } of part) {
      if (!known.some(({ id }) => id === proxyId)) continue;
      await transaction.proxyAddress.upsert({
        where: { proxyId_address: { proxyId, address } },
        create: { proxyId, address, firstSeenAt: firstAt, lastSeenAt: lastAt },
        update: { lastSeenAt: lastAt },
      });
      await transaction.proxy.updateMany({
        where: { id: proxyId, OR: [{ lastSeenAt: null }, { lastSeenAt: { lte: lastAt } }] },
        data: { lastSeenAt: lastAt, lastSeenFrom: address },
      });
    }
    for (const { id } of known) await forgetAddresses(transaction, id, this.#installation.clock.now());
  }
}

/** IPv4 as such also when it came over a socket for both; a machine is one place however it calls itself. */
export function placeName(remoteAddress: string): string {
  const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, "");
  return address === "::1" || address.startsWith("127.") ? "localhost" : address;
}

async function forgetAddresses(transaction: Transaction, proxyId: string, now: Date): Promise<void> {
  const longAgo = addSeconds(now, -ADDRESS_DAYS * 86_400);
  const rows = await transaction.proxyAddress.findMany({
    where: { proxyId },
    orderBy: [{ lastSeenAt: "desc" }, { firstSeenAt: "asc" }, { address: "asc" }],
    select: { address: true, lastSeenAt: true },
  });
  const over = rows.filter(({ lastSeenAt }, index) => index >= ADDRESSES_MAX || lastSeenAt < longAgo);
  if (over.length === 0) return;
  await transaction.proxyAddress.deleteMany({
    where: { proxyId, address: { in: over.map(({ address }) => address) } },
  });
}
