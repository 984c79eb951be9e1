import type { Decision } from "#lib/access/decide/decision.ts";
import { SoonFlushed } from "#lib/access/soon-flushed.ts";
import { addSeconds } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { displayNameOf, shownText } from "#lib/inventory/foreign-names.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { sqlSteps, timeParameter, timeValue } from "#lib/sql-steps.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { formatName } from "#lib/x509/name.ts";

/** Why somebody is remembered as a caller: nobody has admitted it, or not to this service. */
export const CALLER_REASONS = ["client-unknown", "not-granted", "learning", "fail-open"] as const;
export type CallerReason = (typeof CALLER_REASONS)[number];

const REASONS: ReadonlySet<string> = new Set(CALLER_REASONS);

export function isCallerReason(reason: Decision["reason"]): reason is CallerReason {
  return REASONS.has(reason);
}

/** Somebody who came and was not granted what it wanted. */
export interface SeenCaller {
  /** Of its certificate. */
  sha256: string;
  serviceId: string;
  proxyId: string;
  reason: CallerReason;
  /** Its certificate, DER; asked for when it is seen for the first time since the last flush. */
  der(): Uint8Array | null;
}

interface Counted extends Omit<SeenCaller, "der"> {
  der: Uint8Array;
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** Between two flushes; whoever comes then waits for the next time that it is seen. */
const COUNTED_MAX = 1_000;

/** Larger than a certificate with an ML-DSA-87 key and its names. */
const CERTIFICATE_BYTES_MAX = 16 * 1024;

/** Of all services together; whoever was not seen for the longest time is forgotten first. */
export const CALLERS_MAX = 10_000;

/** So long a caller who does not come again is remembered. */
export const CALLER_DAYS = 30;

/** Rows of one transaction, for which others wait. */
const PART = 50;

/** A column of 32 bits. */
const COUNT_MAX = 2_147_483_647;

/** Lists show no more; the certificate itself has it whole. */
const SUBJECT_MAX = 2_000;

/**
 * Remembers who came without being admitted, so that a click may admit it: in memory, and written every few seconds.
 * A request never waits for it, and strangers fill neither the memory nor the database.
 */
export class CallerTally {
  readonly #installation: Installation;
  readonly #flushed = new SoonFlushed(() => this.flush(), "who came and is not known");
  #counted = new Map<string, Counted>();

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  note({ der, ...caller }: SeenCaller): void {
    const at = this.#installation.clock.now();
    const key = keyOf(caller);
    const counted = this.#counted.get(key);
    if (counted !== undefined) {
      counted.count++;
      Object.assign(counted, { lastAt: at, reason: caller.reason, proxyId: caller.proxyId });
      return;
    }
    if (this.#counted.size >= COUNTED_MAX) return;
    const certificate = der();
    if (certificate === null || certificate.length > CERTIFICATE_BYTES_MAX) return;
    this.#counted.set(key, { ...caller, der: certificate, count: 1, firstAt: at, lastAt: at });
    this.#flushed.noted();
  }

  /** Writes what is left. */
  end(): Promise<void> {
    return this.#flushed.end();
  }

  /** Writes who was seen. @throws whatever the database throws; what is not written then is kept */
  async flush(): Promise<void> {
    const all = [...this.#counted.values()];
    this.#counted = new Map();
    for (let start = 0; start < all.length; start += PART) {
      try {
        await this.#write(all.slice(start, start + PART));
      } catch (error) {
        for (const each of all.slice(start)) this.#keep(each);
        throw error;
      }
      await letOthersRun();
    }
    if (all.length > 0) await this.#forget();
  }

  #keep(counted: Counted): void {
    const since = this.#counted.get(keyOf(counted));
    if (since === undefined) {
      this.#counted.set(keyOf(counted), counted);
      return;
    }
    since.count += counted.count;
    since.firstAt = counted.firstAt;
  }

  async #write(part: readonly Counted[]): Promise<void> {
    const { database } = this.#installation;
    const time = timeParameter(database);
    const rows = part.flatMap((counted) => {
      const said = whatItSays(counted.der);
      return said === null ? [] : [{ ...counted, ...said }];
    });
    if (rows.length === 0) return;
    await database.write(async (transaction) => {
      await sqlSteps(database, transaction).run(
        `INSERT INTO "Caller" ("sha256", "serviceId", "proxyId", "displayName", "subject", "issuerName", "body", "reason", "count", "firstSeenAt", "lastSeenAt")
         VALUES ${rows.map(() => `(?, ?, ?, ?, ?, ?, ?, ?, ?, ${time}, ${time})`).join(", ")}
         ON CONFLICT ("sha256", "serviceId") DO UPDATE SET
           "proxyId" = excluded."proxyId",
           "reason" = excluded."reason",
           "count" = CASE WHEN "Caller"."count" > ${COUNT_MAX} - excluded."count" THEN ${COUNT_MAX} ELSE "Caller"."count" + excluded."count" END,
           "lastSeenAt" = CASE WHEN excluded."lastSeenAt" > "Caller"."lastSeenAt" THEN excluded."lastSeenAt" ELSE "Caller"."lastSeenAt" END`,
        rows.flatMap(({ sha256, serviceId, proxyId, displayName, subject, issuerName, ...row }) => [
          ...[sha256, serviceId, proxyId, displayName, subject, issuerName],
          ...[row.der, row.reason, Math.min(row.count, COUNT_MAX)],
          timeValue(database, row.firstAt),
          timeValue(database, row.lastAt),
        ]),
      );
    });
  }

  async #forget(): Promise<void> {
    const { database, clock } = this.#installation;
    const longAgo = addSeconds(clock.now(), -CALLER_DAYS * 86_400);
    const [tooMany] = await database.read.caller.findMany({
      orderBy: { lastSeenAt: "desc" },
      skip: CALLERS_MAX,
      take: 1,
      select: { lastSeenAt: true },
    });
    const before = tooMany !== undefined && tooMany.lastSeenAt > longAgo ? tooMany.lastSeenAt : longAgo;
    if ((await database.read.caller.count({ where: { lastSeenAt: { lte: before } } })) === 0) return;
    await database.write((transaction) =>
      transaction.caller.deleteMany({ where: { lastSeenAt: { lte: before } } }),
    );
  }
}

function keyOf({ sha256, serviceId }: Pick<SeenCaller, "sha256" | "serviceId">): string {
  return `${sha256} ${serviceId}`;
}

/** Null for what was readable to nobody but the decision, which needs less. */
function whatItSays(der: Uint8Array) {
  try {
    const parsed = readForeignCertificate(der);
    return {
      displayName: displayNameOf(parsed),
      subject: shownText(formatName(parsed.subject), SUBJECT_MAX),
      issuerName: shownText(formatName(parsed.issuer), SUBJECT_MAX),
    };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
