import { SoonFlushed } from "#lib/access/soon-flushed.ts";
import type { Installation } from "#lib/installation.ts";
import { sqlSteps, timeParameter, timeValue } from "#lib/sql-steps.ts";

/** Who was let in or refused where, by whom. Whoever is not known has an empty client and an empty credential. */
export interface Use {
  clientId: string;
  credentialId: string;
  serviceId: string;
  proxyId: string;
  permitted: boolean;
  /** The address from which the proxy asked. */
  from: string;
}

/** Use that was counted elsewhere. */
export interface ReportedUse extends Pick<Use, "clientId" | "serviceId" | "proxyId"> {
  permitted: number;
  refused: number;
  /** When it came last. */
  lastAt: Date;
}

interface Counted extends Omit<Use, "permitted"> {
  hour: Date;
  permitted: number;
  refused: number;
  lastAt: Date;
  /** When it was let in last; then it came from `from`. */
  permittedAt: Date | null;
}

/** Different ones between two flushes; more are not told apart by credential and proxy. */
const COUNTED_MAX = 50_000;

/** While the database is away, more are not counted at all: a day of it must fit into memory. */
const COUNTED_AT_ALL_MAX = 200_000;

/** Rows of one transaction, for which others wait. */
const PART = 200;

/** A column of 32 bits. */
const COUNT_MAX = 2_147_483_647;

const HOUR_MS = 3_600_000;

/**
 * Counts decisions by the hour: in memory, and written every five seconds and at the end. A request never waits for
 * it. What is not written for lack of the database is kept and written later.
 */
export class UseTally {
  readonly #installation: Installation;
  readonly #flushed = new SoonFlushed(() => this.flush(), "the use of clients");
  #counted = new Map<string, Counted>();
  /** Those of the present hour, found without making a key, thousands of times a second: by proxy, service, credential or else client. */
  #present = new Map<string, Map<string, Map<string, Counted>>>();
  #presentHourMs = 0;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** For how long it has not been possible to write, in milliseconds; 0 while nothing is overdue. */
  get lateMs(): number {
    return this.#flushed.lateMs;
  }

  note(use: Use): void {
    const at = this.#installation.clock.now();
    const hourMs = at.getTime() - (at.getTime() % HOUR_MS);
    if (hourMs !== this.#presentHourMs) {
      this.#present = new Map();
      this.#presentHourMs = hourMs;
    }
    const ofService = within(within(this.#present, use.proxyId), use.serviceId);
    // Use that a proxy reports knows of no credential. No client has the id of one.
    const who = use.credentialId === "" ? use.clientId : use.credentialId;
    let counted = ofService.get(who);
    if (counted === undefined) {
      const found = this.#entryOf(use, new Date(hourMs), at);
      if (found === null) return;
      counted = found;
      ofService.set(who, counted);
    }
    // Written once a second only: an old object that is given a new one each time keeps the garbage collection busy.
    if (counted.lastAt.getTime() !== at.getTime()) counted.lastAt = at;
    if (use.permitted) {
      counted.permitted++;
      if (counted.permittedAt?.getTime() !== at.getTime()) counted.permittedAt = at;
      if (counted.from !== use.from) counted.from = use.from;
    } else counted.refused++;
    this.#flushed.noted();
  }

  /** Counts what a proxy counted itself, which knows of no credential. @param use `lastAt` is not ahead of now */
  report({ permitted, refused, lastAt, ...use }: ReportedUse): void {
    const hour = new Date(lastAt.getTime() - (lastAt.getTime() % HOUR_MS));
    // It does not say whence a client came.
    const counted = this.#entryOf({ ...use, credentialId: "", from: "" }, hour, lastAt);
    if (counted === null) return;
    counted.permitted += permitted;
    counted.refused += refused;
    if (counted.lastAt < lastAt) counted.lastAt = lastAt;
    if (permitted > 0 && (counted.permittedAt === null || counted.permittedAt <= lastAt)) {
      counted.permittedAt = lastAt;
      counted.from = "";
    }
    this.#flushed.noted();
  }

  /** Null when there are so many that this one is not counted. */
  #entryOf(use: Omit<Use, "permitted">, hour: Date, at: Date): Counted | null {
    const isFull = this.#counted.size >= COUNTED_MAX;
    const [credentialId, proxyId] = isFull ? ["", ""] : [use.credentialId, use.proxyId];
    const key = keyOf({ ...use, credentialId, proxyId, hour });
    const known = this.#counted.get(key);
    if (known !== undefined) return known;
    if (this.#counted.size >= COUNTED_AT_ALL_MAX) return null;
    const { clientId, serviceId, from } = use;
    const counted = {
      ...{ clientId, credentialId, serviceId, proxyId, from, hour },
      ...{ permitted: 0, refused: 0, lastAt: at, permittedAt: null },
    };
    this.#counted.set(key, counted);
    return counted;
  }

  /** Writes what is left. */
  end(): Promise<void> {
    return this.#flushed.end();
  }

  /** Writes what was counted. @throws whatever the database throws; what is not written then is kept */
  async flush(): Promise<void> {
    const all = [...this.#counted.values()];
    this.#counted = new Map();
    this.#present = new Map();
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
    const since = this.#counted.get(keyOf(counted));
    if (since === undefined) {
      this.#counted.set(keyOf(counted), counted);
      // Whoever is noted from now on is found there.
      this.#present = new Map();
      return;
    }
    if (since.permittedAt === null) {
      since.permittedAt = counted.permittedAt;
      since.from = counted.from;
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
           ${["permitted", "refused"].map(bounded).join(", ")},
           "lastAt" = CASE WHEN excluded."lastAt" > "AccessHour"."lastAt" THEN excluded."lastAt" ELSE "AccessHour"."lastAt" END`,
        part.flatMap(({ hour, clientId, credentialId, serviceId, proxyId, permitted, refused, lastAt }) => [
          timeValue(database, hour),
          ...[clientId, credentialId, serviceId, proxyId],
          ...[Math.min(permitted, COUNT_MAX), Math.min(refused, COUNT_MAX)],
          timeValue(database, lastAt),
        ]),
      );
      const clients = useOf(part, ({ clientId }) => clientId);
      if (clients.length > 0) {
        await steps.run(
          `WITH "use" ("id", "refused", "at", "serviceId", "proxyId", "place") AS
             (VALUES ${clients.map(() => `(?, CAST(? AS integer), ${time}, ?, ?, ?)`).join(", ")})
           UPDATE "Client" SET
             "refused" = CASE WHEN "Client"."refused" > ${COUNT_MAX} - "use"."refused" THEN ${COUNT_MAX} ELSE "Client"."refused" + "use"."refused" END,
             ${["lastUsedAt", "lastServiceId", "lastProxyId", "lastFrom"]
               .map(
                 (column, index) =>
                   `"${column}" = CASE WHEN ${IS_NEWER} THEN "use"."${LATEST[index]}" ELSE "Client"."${column}" END`,
               )
               .join(", ")}
           FROM "use" WHERE "Client"."id" = "use"."id"`,
          clients.flatMap(({ id, refused, last }) => [
            ...[
              id,
              Math.min(refused, COUNT_MAX),
              last === null ? null : timeValue(database, last.permittedAt),
            ],
            ...[last?.serviceId ?? "", last?.proxyId ?? "", last?.from ?? ""],
          ]),
        );
      }
      const credentials = useOf(part, ({ credentialId }) => credentialId).filter(({ last }) => last !== null);
      if (credentials.length === 0) return;
      await steps.run(
        `WITH "use" ("id", "at") AS (VALUES ${credentials.map(() => `(?, ${time})`).join(", ")})
         UPDATE "Credential" SET "lastUsedAt" = "use"."at" FROM "use"
         WHERE "Credential"."id" = "use"."id" AND ("lastUsedAt" IS NULL OR "lastUsedAt" <= "use"."at")`,
        credentials.flatMap(({ id, last }) => [
          id,
          last === null ? null : timeValue(database, last.permittedAt),
        ]),
      );
    });
  }
}

/** The sum of what was counted and what is, as much of it as the column holds. */
function bounded(column: string): string {
  const [before, more] = [`"AccessHour"."${column}"`, `excluded."${column}"`];
  return `"${column}" = CASE WHEN ${before} > ${COUNT_MAX} - ${more} THEN ${COUNT_MAX} ELSE ${before} + ${more} END`;
}

function keyOf({
  hour,
  clientId,
  credentialId,
  serviceId,
  proxyId,
}: Pick<Counted, "hour" | "clientId" | "credentialId" | "serviceId" | "proxyId">): string {
  return `${hour.getTime()} ${clientId} ${credentialId} ${serviceId} ${proxyId}`;
}

/** The map in a map, made when there is none. */
function within<T>(outer: Map<string, Map<string, T>>, key: string): Map<string, T> {
  let inner = outer.get(key);
  if (inner === undefined) {
    inner = new Map();
    outer.set(key, inner);
  }
  return inner;
}

/** What the columns of the last use are set from, and when. */
const LATEST = ["at", "serviceId", "proxyId", "place"];
const IS_NEWER =
  '"use"."at" IS NOT NULL AND ("Client"."lastUsedAt" IS NULL OR "Client"."lastUsedAt" <= "use"."at")';

interface UseOfOne {
  id: string;
  refused: number;
  /** What was permitted last; null when nothing was. */
  last: (Counted & { permittedAt: Date }) | null;
}

/** Each once: a statement would take any of several. */
function useOf(part: readonly Counted[], idOf: (counted: Counted) => string): UseOfOne[] {
  return [...Map.groupBy(part, idOf)].flatMap(([id, all]) => {
    if (id === "") return [];
    const permitted = all.flatMap((counted) =>
      counted.permittedAt === null ? [] : [{ ...counted, permittedAt: counted.permittedAt }],
    );
    const last = permitted.toSorted((a, b) => b.permittedAt.getTime() - a.permittedAt.getTime())[0] ?? null;
    return [{ id, refused: all.reduce((sum, { refused }) => sum + refused, 0), last }];
  });
}
