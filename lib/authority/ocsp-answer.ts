import { hash } from "node:crypto";
import {
  type OcspDirectory,
  type OcspIssuer,
  OcspIssuers,
  type OcspSigner,
} from "#lib/authority/ocsp-issuers.ts";
import { OcspStatuses } from "#lib/authority/ocsp-statuses.ts";
import {
  knownRevocationCounter,
  revocationCounter,
  revocationsHere,
} from "#lib/authority/revocation-counter.ts";
import { BoundedMemory } from "#lib/bounded-memory.ts";
import { addSeconds } from "#lib/clock.ts";
import { isDatabaseAway } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import type { OcspCertId } from "#lib/x509/ocsp-cert-id.ts";
import { type OcspRequest, readOcspRequest } from "#lib/x509/ocsp-request.ts";
import { encodeOcspRequest } from "#lib/x509/ocsp-request-writer.ts";
import {
  assembleOcspResponse,
  encodeResponseData,
  type OcspErrorStatus,
  type OcspSingleResponse,
  type OcspStatus,
  ocspError,
} from "#lib/x509/ocsp-response.ts";

/** How long an answer may be believed. */
const LIFE_SECONDS = 3600;

/** The same for *unknown*: it may have been asked a moment before the certificate came to be known. */
const UNKNOWN_LIFE_SECONDS = 300;

/** Signed answers that are kept: some 30,000. */
const KEPT_BYTES = 48 * 1024 * 1024;

/** What an entry takes beside its octets: the key, objects, the map's own. */
const ENTRY_BYTES = 700;

/** A database is not waited for any longer: relying parties wait only seconds themselves. */
const PATIENCE_MS = 2_500;

/**
 * Answers go on without a database that is there, yet too slow, for so long only: others may revoke meanwhile. While
 * none can be reached nobody can.
 */
const SLOW_MAX_MS = 60_000;

/** After a failure the database is left alone for so long. */
const AWAY_MS = 500;

/** What an answer says of one certificate, for figures. */
export interface OcspVerdict {
  /** The slug of the authority. */
  authority: string;
  status: OcspStatus["kind"];
}

/** An OCSPResponse, ready to be sent. */
export interface OcspAnswer {
  octets: Buffer;
  /** What it says; empty for an error. */
  verdicts: readonly OcspVerdict[];
  /** Why it says nothing; else null. */
  error: OcspErrorStatus | null;
  /** Set when others may keep it: it has no nonce and knows the certificate. */
  caching: { etag: string; thisUpdate: Date; nextUpdate: Date } | null;
}

/** An answer that serves everybody who asks the same. */
interface KeptAnswer extends OcspAnswer {
  size: number;
  /** The value of the revocation counter for which it was looked up last. */
  counter: number;
  /** The same of the changes that this process made. */
  here: number;
  status: OcspStatus;
  signerId: string;
  /** Milliseconds since 1970. */
  renewAt: number;
  validUntil: number;
}

/**
 * Answers what becomes of certificates (RFC 6960). What was asked without a nonce is signed once, kept in memory
 * for half of its life, and looked up again whenever anything was revoked, held or released: a signature is used
 * for as long as what it says is true. One for each process.
 */
export class OcspAnswers {
  readonly #installation: Installation;
  readonly #issuers: OcspIssuers;
  readonly #statuses: OcspStatuses;
  readonly #kept = new BoundedMemory<KeptAnswer>(KEPT_BYTES);
  readonly #making = new Map<string, Promise<OcspAnswer>>();
  /** While the database is left alone, why; milliseconds of the monotonic clock. */
  #away: { until: number; error: unknown } | null = null;
  /** The last value of the revocation counter, and when it was asked for. */
  #counter = -1;
  #counterAt = 0;

  constructor(installation: Installation) {
    this.#installation = installation;
    this.#issuers = new OcspIssuers(installation);
    this.#statuses = new OcspStatuses(installation.database);
  }

  /** How many answers are kept, and what they take. */
  get kept(): { count: number; bytes: number } {
    return { count: this.#kept.count, bytes: this.#kept.bytes };
  }

  /**
   * The answer that is kept, when it is known to be right still.
   *
   * @param request DER, as text of one character for each octet
   */
  fromMemory(request: string): OcspAnswer | null {
    const kept = this.#kept.get(request);
    if (kept === undefined || kept.counter !== knownRevocationCounter(this.#installation)) return null;
    return this.#now() < kept.renewAt ? kept : null;
  }

  /**
   * Answers a request. Never throws: what is wrong is told in the words of RFC 6960 §2.3.
   *
   * @param octets DER, of any size and content
   */
  async answer(octets: Uint8Array): Promise<OcspAnswer> {
    let request: OcspRequest;
    try {
      request = readOcspRequest(octets);
    } catch (error) {
      if (error instanceof DomainError) return refusal("malformedRequest");
      return failure(error);
    }
    const [certId] = request.certIds;
    const isPlain = request.nonce === null && request.certIds.length === 1 && certId !== undefined;
    if (!isPlain) return this.#make(request, null);
    // Whatever else the request had, what was asked is the same.
    const key = Buffer.from(encodeOcspRequest([certId.raw], null)).toString("latin1");
    // What was begun before a change of ours may not know of it.
    const place = `${revocationsHere(this.#installation)} ${key}`;
    let making = this.#making.get(place);
    if (making === undefined) {
      making = this.#make(request, key).finally(() => this.#making.delete(place));
      this.#making.set(place, making);
    }
    return making;
  }

  async #make(request: OcspRequest, key: string | null): Promise<OcspAnswer> {
    const until = performance.now() + PATIENCE_MS;
    try {
      const here = revocationsHere(this.#installation);
      // Asked first: what is looked up afterwards is as new or newer.
      const counter = await this.#counterBy(until);
      return await within(until, this.#lookUp(request, key, counter, here));
    } catch (error) {
      const isGone = isDatabaseAway(error);
      if (!isGone && !isTooSlow(error)) return failure(error);
      if (isGone) this.#leaveAlone(error);
      const isFresh = isGone || performance.now() - this.#counterAt < SLOW_MAX_MS;
      const kept = key === null || !isFresh ? undefined : this.#kept.get(key);
      return kept !== undefined && this.#isRightSoFar(kept) ? kept : refusal("tryLater");
    }
  }

  /** The revocation counter, without which nothing can be looked up. @throws when the database is away or too slow */
  async #counterBy(until: number): Promise<number> {
    const asked = performance.now();
    if (this.#away !== null && asked < this.#away.until) throw this.#away.error;
    try {
      const counter = await within(until, revocationCounter(this.#installation));
      if (counter >= this.#counter) [this.#counter, this.#counterAt] = [counter, asked];
      return counter;
    } catch (error) {
      // Not even one row: then it is no look-up that is slow.
      if (isTooSlow(error)) this.#leaveAlone(error);
      throw error;
    }
  }

  #leaveAlone(error: unknown): void {
    const now = performance.now();
    if (this.#away !== null && now < this.#away.until) return;
    log("authority").warn({ err: error }, "OCSP answers without the database");
    this.#away = { until: now + AWAY_MS, error };
  }

  /** Right when the database was last seen, and nothing is known that speaks against it. */
  #isRightSoFar({ counter, here, validUntil }: KeptAnswer): boolean {
    const isLatest = counter === this.#counter && here === revocationsHere(this.#installation);
    return isLatest && this.#now() < validUntil;
  }

  async #lookUp(
    request: OcspRequest,
    key: string | null,
    counter: number,
    here: number,
  ): Promise<OcspAnswer> {
    const directory = await this.#issuers.at(counter);
    const issuer = issuerAmong(request.certIds, directory);
    // RFC 5019 §2.2.3: not the one who can speak for any of these certificates.
    if (issuer === undefined) return refusal("unauthorized");
    const now = this.#now();
    const signer = issuer.signers.find(({ notAfter }) => notAfter.getTime() > now);
    // Its responder is not made or not renewed yet; for an authority that has ended none will be.
    if (signer === undefined) return refusal(now < issuer.notAfter ? "tryLater" : "unauthorized");
    const statuses = await Promise.all(
      request.certIds.map((certId) => this.#statusOf(certId, issuer, directory, counter)),
    );
    const [status] = statuses;
    const kept = key === null ? undefined : this.#kept.get(key);
    if (
      kept !== undefined &&
      status !== undefined &&
      now < kept.renewAt &&
      kept.signerId === signer.certificateId &&
      isSame(kept.status, status)
    ) {
      kept.counter = counter;
      kept.here = here;
      return kept;
    }
    const answer = await this.#sign(request, statuses, issuer, signer);
    if (key === null || status === undefined || answer.caching === null) return answer;
    const { thisUpdate, nextUpdate } = answer.caching;
    this.#kept.set(key, {
      ...answer,
      // Whoever sends it keeps it as text, too.
      size: 2 * answer.octets.length + ENTRY_BYTES,
      counter,
      here,
      status,
      signerId: signer.certificateId,
      renewAt: (thisUpdate.getTime() + nextUpdate.getTime()) / 2,
      validUntil: nextUpdate.getTime(),
    });
    return answer;
  }

  /**
   * A delegated responder speaks for the certificates of its own issuer only (RFC 6960 §4.2.2.2). Of others in the
   * same request it says *unknown*, as for any issuer it does not serve (§2.2), even when they are ours: whoever
   * believed its *good* would believe somebody who may not say it.
   */
  async #statusOf(
    certId: OcspCertId,
    issuer: OcspIssuer,
    directory: OcspDirectory,
    counter: number,
  ): Promise<OcspStatus> {
    if (directory.find(certId) !== issuer) return { kind: "unknown" };
    return this.#statuses.of(issuer, certId.serial, counter);
  }

  async #sign(
    { certIds, nonce }: OcspRequest,
    statuses: readonly OcspStatus[],
    issuer: OcspIssuer,
    { signer, keyHash, certificate, notAfter }: OcspSigner,
  ): Promise<OcspAnswer> {
    // Not set back for slow clocks, all of which allow minutes themselves: an answer after a release must be newer
    // than the one before it.
    const thisUpdate = this.#installation.clock.now();
    const end = (status: OcspStatus) => {
      const wanted = addSeconds(thisUpdate, status.kind === "unknown" ? UNKNOWN_LIFE_SECONDS : LIFE_SECONDS);
      return wanted < notAfter ? wanted : notAfter;
    };
    const responses = certIds.flatMap(({ raw }, index): OcspSingleResponse[] => {
      const status = statuses[index];
      return status === undefined ? [] : [{ certId: raw, status, thisUpdate, nextUpdate: end(status) }];
    });
    const data = encodeResponseData({ responderKeyHash: keyHash, producedAt: thisUpdate, responses, nonce });
    const signature = await signer.sign(data);
    const octets = Buffer.from(assembleOcspResponse(data, signer.algorithm, signature, [certificate]));
    const knowsAll = statuses.every(({ kind }) => kind !== "unknown");
    const ends = responses.map(({ nextUpdate }) => nextUpdate.getTime());
    return {
      octets,
      verdicts: statuses.map(({ kind }) => ({ authority: issuer.slug, status: kind })),
      error: null,
      caching:
        nonce === null && knowsAll
          ? {
              etag: `"${hash("sha256", octets, "hex").slice(0, 32)}"`,
              thisUpdate,
              nextUpdate: new Date(Math.min(...ends)),
            }
          : null,
    };
  }

  #now(): number {
    return this.#installation.clock.now().getTime();
  }
}

/** The issuer in whose name a request is answered: of the first certificate whose issuer is ours. */
function issuerAmong(certIds: readonly OcspCertId[], directory: OcspDirectory): OcspIssuer | undefined {
  for (const certId of certIds) {
    const issuer = directory.find(certId);
    if (issuer !== undefined) return issuer;
  }
  return undefined;
}

function isSame(one: OcspStatus, other: OcspStatus): boolean {
  if (one.kind !== "revoked" || other.kind !== "revoked") return one.kind === other.kind;
  return one.reason === other.reason && one.at.getTime() === other.at.getTime();
}

const REFUSALS = Object.fromEntries(
  (["malformedRequest", "internalError", "tryLater", "unauthorized"] as const).map((error) => [
    error,
    { octets: Buffer.from(ocspError(error)), verdicts: [], error, caching: null },
  ]),
) as unknown as Record<OcspErrorStatus, OcspAnswer>;

/** An answer that answers nothing (RFC 6960 §2.3). */
export function refusal(error: OcspErrorStatus): OcspAnswer {
  return REFUSALS[error];
}

function failure(error: unknown): OcspAnswer {
  log("authority").error({ err: error }, "an OCSP request could not be answered");
  return refusal("internalError");
}

/** @throws DomainError `unavailable` when the work is not done by this time of the monotonic clock */
async function within<T>(until: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DomainError("unavailable", "The database does not answer.")),
      until - performance.now(),
    );
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

function isTooSlow(error: unknown): boolean {
  return error instanceof DomainError && error.code === "unavailable";
}
