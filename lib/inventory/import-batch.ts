import type { Actor } from "#lib/authorization/actor.ts";
import type { DriverConnection, DriverTransaction, Row } from "#lib/driver.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import type { ForeignCertificate } from "#lib/inventory/foreign-certificate.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { importedId } from "#lib/inventory/import-id.ts";
import { IMPORT_LIMITS } from "#lib/inventory/import-limits.ts";
import { FOREIGN_BATCH_MAX, type ForeignOutcome, recordForeign } from "#lib/inventory/record-foreign.ts";
import { log } from "#lib/log.ts";

/** How an import stands. */
export interface ImportCounts {
  /** Certificates, readable or not. */
  found: number;
  added: number;
  known: number;
  unreadable: number;
}

/** A part of an upload that becomes no certificate. */
export interface NewFault {
  place: string;
  reason: string;
  body: Uint8Array;
}

/** The same as it is told in an answer. */
export interface ToldFault {
  place: string;
  reason: string;
  /** Recognised, and simply no certificate. */
  isNote: boolean;
}

/** So many are told in an answer; the others are read from the import. */
const TOLD_MAX = 100;

/** A note is no fault: something recognised that is simply no certificate. */
const NOTE = "Note: ";

/** Whether the stored reason is a note. */
export function isNote(reason: string): boolean {
  return reason.startsWith(NOTE);
}

/** A note as it is stored. */
export function noteReason(text: string): string {
  return `${NOTE}${text}.`;
}

/** Rows and bytes of one transaction, which is to take no more than some 20 ms. */
const NAMES_MAX = 1_500;
const BYTES_MAX = 2 * 1024 * 1024;
const FAULTS_MAX = 100;

interface Waiting {
  id: string;
  certificate: ForeignCertificate;
  place: string;
}

/** Collects what an import finds and records it in transactions of a bearable size. */
export class ImportBatches {
  readonly counts: ImportCounts = { found: 0, added: 0, known: 0, unreadable: 0 };
  /** The first of the faults. */
  readonly told: ToldFault[] = [];
  readonly #installation: Installation;
  readonly #connection: DriverConnection;
  readonly #actor: Actor;
  readonly #importId: string;
  #waiting: Waiting[] = [];
  #faults: Row[] = [];
  #names = 0;
  #bytes = 0;
  #certificates = 0;
  #position = 0;
  #keptBytes = 0;

  constructor(installation: Installation, connection: DriverConnection, actor: Actor, importId: string) {
    this.#installation = installation;
    this.#connection = connection;
    this.#actor = actor;
    this.#importId = importId;
  }

  /** A certificate that was met before in the same import. */
  addRepeated(): void {
    this.counts.found++;
    this.counts.known++;
  }

  addCertificate(certificate: ForeignCertificate, place: string): void {
    this.counts.found++;
    this.#waiting.push({ id: importedId(this.#importId, this.#certificates++), certificate, place });
    this.#names += certificate.names.length;
    this.#bytes += certificate.der.length;
  }

  addUnreadable(fault: NewFault): void {
    this.counts.found++;
    this.counts.unreadable++;
    this.#addFault(fault);
  }

  addNote(place: string, text: string): void {
    this.#addFault({ place, reason: noteReason(text), body: new Uint8Array() });
  }

  get isFull(): boolean {
    return (
      this.#waiting.length >= FOREIGN_BATCH_MAX ||
      this.#names >= NAMES_MAX ||
      this.#bytes >= BYTES_MAX ||
      this.#faults.length >= FAULTS_MAX
    );
  }

  /** Records what has been collected. @throws DomainError `unavailable` when the database is away */
  async flush(): Promise<void> {
    const [waiting, faults] = [this.#waiting, this.#faults];
    [this.#waiting, this.#faults, this.#names, this.#bytes] = [[], [], 0, 0];
    await this.#record([], faults);
    await this.#recordOrPart(waiting);
  }

  /** A transaction that fails is tried again in halves, so that one bad row costs nobody else. */
  async #recordOrPart(waiting: readonly Waiting[]): Promise<void> {
    if (waiting.length === 0) return;
    try {
      return await this.#record(waiting, []);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      const [only] = waiting;
      if (only !== undefined && waiting.length === 1) return this.#refuse(only, error);
    }
    const half = Math.ceil(waiting.length / 2);
    await this.#recordOrPart(waiting.slice(0, half));
    await this.#recordOrPart(waiting.slice(half));
  }

  async #refuse({ certificate, place }: Waiting, error: unknown): Promise<void> {
    log("inventory").error({ err: error, sha256: certificate.sha256 }, "a certificate could not be imported");
    this.counts.unreadable++;
    const reason = "It could not be recorded for a reason of ours; the log has the cause.";
    this.#addFault({ place, reason, body: certificate.der });
  }

  async #record(waiting: readonly Waiting[], faults: readonly Row[]): Promise<void> {
    if (waiting.length === 0 && faults.length === 0) return;
    const outcomes = await this.#installation.database.inTurn(() =>
      this.#connection.transaction(async (transaction) => {
        const recorded = await recordForeign(
          transaction,
          this.#actor,
          waiting,
          this.#installation.clock.now(),
          { import: this.#importId },
        );
        await transaction.insert("ImportFault", faults);
        await updateCounts(transaction, this.#importId, sum(this.counts, recorded));
        return recorded;
      }),
    );
    Object.assign(this.counts, sum(this.counts, outcomes));
    for (const [index, outcome] of outcomes.entries()) {
      const { certificate, place } = waiting[index] as Waiting;
      // Recorded with the next transaction: the counts know of it already.
      if (outcome.outcome === "refused") {
        this.#addFault({ place, reason: outcome.reason, body: certificate.der });
      }
    }
  }

  #addFault({ place, reason, body }: NewFault): void {
    const position = ++this.#position;
    if (position > IMPORT_LIMITS.faults) return;
    const room = Math.min(IMPORT_LIMITS.faultBodyBytes, IMPORT_LIMITS.faultBytes - this.#keptBytes);
    const kept = body.subarray(0, Math.max(0, room));
    this.#keptBytes += kept.length;
    this.#bytes += kept.length;
    const shown = { place: shownText(place, PLACE_MAX), reason: shownText(reason, REASON_MAX) };
    if (this.told.length < TOLD_MAX) this.told.push({ ...shown, isNote: isNote(reason) });
    this.#faults.push({
      id: newId(),
      importId: this.#importId,
      position,
      ...shown,
      // A copy: the file that it is a part of need not stay in memory.
      body: new Uint8Array(kept),
      truncated: kept.length < body.length,
    });
  }
}

const PLACE_MAX = 500;
const REASON_MAX = 1_000;

function sum(counts: ImportCounts, outcomes: readonly ForeignOutcome[]): ImportCounts {
  const of = (outcome: ForeignOutcome["outcome"]) =>
    outcomes.filter((each) => each.outcome === outcome).length;
  return {
    found: counts.found,
    added: counts.added + of("added"),
    known: counts.known + of("known"),
    unreadable: counts.unreadable + of("refused"),
  };
}

async function updateCounts(
  transaction: DriverTransaction,
  importId: string,
  { found, added, known, unreadable }: ImportCounts,
): Promise<void> {
  await transaction.run(
    'UPDATE "CertificateImport" SET "found" = ?, "added" = ?, "known" = ?, "unreadable" = ? WHERE "id" = ?',
    [found, added, known, unreadable, importId],
  );
}
