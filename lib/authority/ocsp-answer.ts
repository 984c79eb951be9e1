import { hash } from "node:crypto";
import {
  type OcspDirectory,
  type OcspIssuer,
  OcspIssuers,
  type OcspSigner,
} from "#lib/authority/ocsp-issuers.ts";
import { OcspStatuses } from "#lib/authority/ocsp-statuses.ts";
import { knownRevocationCounter, revocationCounter } from "#lib/authority/revocation-counter.ts";
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

/** A database that does not answer within this time is away: relying parties wait only seconds themselves. */
const PATIENCE_MS = 2_500;

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
  #awayUntil = 0;
  #counter = -1;

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
    let making = this.#making.get(key);
    if (making === undefined) {
      making = this.#make(request, key).finally(() => this.#making.delete(key));
      this.#making.set(key, making);
    }
    return making;
  }

  async #make(request: OcspRequest, key: string | null): Promise<OcspAnswer> {
    try {
      if (performance.now() < this.#awayUntil) throw new DomainError("unavailable", "The database is away.");
      return await within(PATIENCE_MS, this.#lookUp(request, key));
    } catch (error) {
      const isAway = isDatabaseAway(error) || (error instanceof DomainError && error.code === "unavailable");
      if (!isAway) return failure(error);
      if (this.#awayUntil < performance.now()) {
        log("authority").warn({ err: error }, "OCSP answers without the database");
        this.#awayUntil = performance.now() + AWAY_MS;
      }
      const kept = key === null ? undefined : this.#kept.get(key);
      // Right when the database was last seen; then its word is better than none.
      if (kept !== undefined && kept.counter === this.#counter && this.#now() < kept.validUntil) return kept;
      return refusal("tryLater");
    }
  }

  async #lookUp(request: OcspRequest, key: string | null): Promise<OcspAnswer> {
    // Asked first: what is looked up afterwards is as new or newer.
    const counter = await revocationCounter(this.#installation);
    this.#counter = Math.max(counter, this.#counter);
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
      return kept;
    }
    const answer = await this.#sign(request, statuses, issuer, signer);
    if (key === null || status === undefined || answer.caching === null) return answer;
    const { thisUpdate, nextUpdate } = answer.caching;
    this.#kept.set(key, {
      ...answer,
      size: answer.octets.length + ENTRY_BYTES,
      counter,
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

/** @throws DomainError `unavailable` when the work takes longer */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DomainError("unavailable", "The database does not answer.")),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
