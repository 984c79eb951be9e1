import type { OcspIssuer } from "#lib/authority/ocsp-issuers.ts";
import type { Database } from "#lib/database.ts";
import { queryRows, timeOf } from "#lib/sql-steps.ts";
import type { OcspStatus } from "#lib/x509/ocsp-response.ts";
import { isRevocationReason } from "#lib/x509/revocation-reason.ts";

/** The statuses that are remembered: some 20 MB when all are used. */
const REMEMBERED_MAX = 50_000;

/** At most so many certificates are asked for by one statement; smaller sizes keep the statements few. */
const STATEMENT_SIZES = [1, 4, 16, 64];
const STATEMENT_MAX = 64;

const UNKNOWN: OcspStatus = { kind: "unknown" };
const GOOD: OcspStatus = { kind: "good" };

interface Question {
  authorityId: string;
  serial: string;
  resolve(status: OcspStatus): void;
  reject(error: unknown): void;
}

/**
 * What is known of certificates. Only one that was issued is good: a reserved serial number, or one whose issuance
 * was given up, is unknown like any that was never thought of. Expired ones are answered for like others.
 */
export class OcspStatuses {
  readonly #database: Database;
  readonly #remembered = new Map<string, { counter: number; status: OcspStatus }>();
  #questions: Question[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @param serial lower-case hexadecimal
   * @param counter what `revocationCounter` said before: statuses are remembered until it says something else
   */
  async of(issuer: OcspIssuer, serial: string, counter: number): Promise<OcspStatus> {
    if (issuer.selfIssued.has(serial)) return GOOD;
    for (const authorityId of issuer.authorityIds) {
      const status = await this.#ofAuthority(authorityId, serial, counter);
      if (status.kind !== "unknown") return status;
    }
    return UNKNOWN;
  }

  async #ofAuthority(authorityId: string, serial: string, counter: number): Promise<OcspStatus> {
    const key = `${authorityId} ${serial}`;
    const remembered = this.#remembered.get(key);
    if (remembered?.counter === counter) return remembered.status;
    const status = await this.#ask(authorityId, serial);
    // What is unknown may be issued, or imported, the next moment, and nobody would tell.
    if (status.kind === "unknown") return status;
    this.#remembered.delete(key);
    this.#remembered.set(key, { counter, status });
    if (this.#remembered.size > REMEMBERED_MAX) {
      for (const oldest of this.#remembered.keys()) {
        this.#remembered.delete(oldest);
        break;
      }
    }
    return status;
  }

  /** Questions that come within one turn of the event loop are asked together. */
  #ask(authorityId: string, serial: string): Promise<OcspStatus> {
    return new Promise((resolve, reject) => {
      if (this.#questions.length === 0) setImmediate(() => this.#askAll());
      this.#questions.push({ authorityId, serial, resolve, reject });
    });
  }

  #askAll(): void {
    const questions = this.#questions;
    this.#questions = [];
    for (let start = 0; start < questions.length; start += STATEMENT_MAX) {
      const part = questions.slice(start, start + STATEMENT_MAX);
      readStatuses(this.#database, part).then(
        (statuses) => {
          for (const { authorityId, serial, resolve } of part) {
            resolve(statuses.get(`${authorityId} ${serial}`) ?? UNKNOWN);
          }
        },
        (error: unknown) => {
          for (const { reject } of part) reject(error);
        },
      );
    }
  }
}

/** @returns by authority and serial number; what was never issued is absent */
async function readStatuses(
  database: Database,
  questions: readonly Pick<Question, "authorityId" | "serial">[],
): Promise<Map<string, OcspStatus>> {
  const size = STATEMENT_SIZES.find((each) => each >= questions.length) ?? STATEMENT_MAX;
  const padded = Array.from({ length: size }, (_, index) => questions[index] ?? questions[0]);
  const rows = await queryRows(
    database,
    `WITH wanted("issuer", "number") AS (VALUES ${padded.map(() => "(?, ?)").join(", ")})
     SELECT c."issuerId", c."serial", r."reason", r."revokedAt"
     FROM wanted JOIN "Certificate" c ON c."issuerId" = wanted."issuer" AND c."serial" = wanted."number"
       LEFT JOIN "Revocation" r ON r."certificateId" = c."id"
     WHERE c."status" = 'issued'`,
    padded.flatMap((question) => [question?.authorityId ?? "", question?.serial ?? ""]),
  );
  return new Map(
    rows.map(({ issuerId, serial, reason, revokedAt }) => {
      const text = String(reason);
      const status: OcspStatus =
        reason === null
          ? GOOD
          : {
              kind: "revoked",
              at: timeOf(revokedAt),
              reason: isRevocationReason(text) ? text : "unspecified",
            };
      return [`${issuerId} ${serial}`, status];
    }),
  );
}
