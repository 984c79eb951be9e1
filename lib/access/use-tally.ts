import { SoonFlushed } from "#lib/access/soon-flushed.ts";
import type { Installation } from "#lib/installation.ts";
import { sqlSteps, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** Who was let in or refused where, by whom. */
export interface Use {
  clientId: string;
  credentialId: string;
  serviceId: string;
  proxyId: string;
  permitted: boolean;
  /** The address from which the proxy asked. */
  from: string;
}

interface Counted extends Omit<Use, "permitted"> {
  hour: Date;
  permitted: number;
  refused: number;
  lastAt: Date;
}

/** Different ones between two flushes; more are not told apart by credential and proxy. */
const COUNTED_MAX = 50_000;

/** Rows of one transaction, for which others wait. */
const PART = 200;

const HOUR_MS = 3_600_000;

/**
 * Counts decisions by the hour: in memory, and written every five seconds and at the end. A request never waits for
 * it. What is not written for lack of the database is kept and written later.
 */
export class UseTally {
  readonly #installation: Installation;
  readonly #flushed = new SoonFlushed(() => this.flush(), "the use of clients");
  #counted = new Map<string, Counted>();

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** For how long it has not been possible to write, in milliseconds; 0 while nothing is overdue. */
  get lateMs(): number {
    return this.#flushed.lateMs;
  }

  note(use: Use): void {
    const at = this.#installation.clock.now();
    const hour = new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);
    const isFull = this.#counted.size >= COUNTED_MAX;
    const [credentialId, proxyId] = isFull ? ["", ""] : [use.credentialId, use.proxyId];
    const key = `${hour.getTime()} ${use.clientId} ${credentialId} ${use.serviceId} ${proxyId}`;
    let counted = this.#counted.get(key);
    if (counted === undefined) {
      counted = { ...use, credentialId, proxyId, hour, permitted: 0, refused: 0, lastAt: at };
      this.#counted.set(key, counted);
    }
    if (use.permitted) counted.permitted++;
    else counted.refused++;
    counted.lastAt = at;
    counted.from = use.from;
    this.#flushed.noted();
  }

  /** Writes what is left. */
  end(): Promise<void> {
    return this.#flushed.end();
  }

  /** Writes what was counted. @throws whatever the database throws; what is not written then is kept */
  async flush(): Promise<void> {
    const all = [...this.#counted.values()];
    this.#counted = new Map();
    for (let start = 0; start < all.length; start += PART) {
      const part = all.slice(start, start + PART);
      try {
        await this.#write(part);
      } catch (error) {
        for (const each of all.slice(start)) this.#keep(each);
        throw error;
      }
    }
  }

  #keep(counted: Counted): void {
    const { hour, clientId, credentialId, serviceId, proxyId } = counted;
    const key = `${hour.getTime()} ${clientId} ${credentialId} ${serviceId} ${proxyId}`;
    const since = this.#counted.get(key);
    if (since === undefined) {
      this.#counted.set(key, counted);
      return;
    }
    since.permitted += counted.permitted;
    since.refused += counted.refused;
  }

  async #write(part: readonly Counted[]): Promise<void> {
    const { database } = this.#installation;
    const time = timeParameter(database);
    await database.write(async (transaction) => {
      const steps = sqlSteps(database, transaction);
      await steps.run(
        `INSERT INTO "AccessHour" ("hour", "clientId", "credentialId", "serviceId", "proxyId", "permitted", "refused", "lastAt")
         VALUES ${part.map(() => `(${time}, ?, ?, ?, ?, ?, ?, ${time})`).join(", ")}
         ON CONFLICT ("clientId", "serviceId", "hour", "credentialId", "proxyId") DO UPDATE SET
           "permitted" = "AccessHour"."permitted" + excluded."permitted",
           "refused" = "AccessHour"."refused" + excluded."refused",
           "lastAt" = CASE WHEN excluded."lastAt" > "AccessHour"."lastAt" THEN excluded."lastAt" ELSE "AccessHour"."lastAt" END`,
        part.flatMap(({ hour, clientId, credentialId, serviceId, proxyId, permitted, refused, lastAt }) => [
          timeValue(database, hour),
          ...[clientId, credentialId, serviceId, proxyId, permitted, refused],
          timeValue(database, lastAt),
        ]),
      );
      for (const { clientId, credentialId, serviceId, proxyId, from, permitted, refused, lastAt } of part) {
        if (clientId === "") continue;
        if (refused > 0) {
          await transaction.client.updateMany({
            where: { id: clientId },
            data: { refused: { increment: refused } },
          });
        }
        if (permitted === 0) continue;
        const isNewer = { OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: lastAt } }] };
        await transaction.client.updateMany({
          where: { id: clientId, ...isNewer },
          data: { lastUsedAt: lastAt, lastServiceId: serviceId, lastProxyId: proxyId, lastFrom: from },
        });
        await transaction.credential.updateMany({
          where: { id: credentialId, ...isNewer },
          data: { lastUsedAt: lastAt },
        });
      }
    });
  }
}
