import { appendFacts } from "#lib/audit/append-events.ts";
import { type Catalogue, readCatalogue, readConfiguration } from "#lib/authority/catalogue.ts";
import { compromisedKeys } from "#lib/authority/compromised-keys.ts";
import type { QueuedJob } from "#lib/authority/issuance-job.ts";
import { issuedFacts, type Prepared, prepare } from "#lib/authority/issuance-prepare.ts";
import { newMember } from "#lib/authority/issuance-record.ts";
import { compromisedKey, renewalRefusal } from "#lib/authority/renewal-rules.ts";
import type { Clock } from "#lib/clock.ts";
import type { DriverConnection, DriverTransaction } from "#lib/driver.ts";
import { DomainError } from "#lib/errors.ts";
import { joinInventory, settleInventory } from "#lib/inventory/enter-inventory.ts";
import type { MasterKey } from "#lib/master-key.ts";
import { assembleCertificate } from "#lib/x509/certificate.ts";
import { sha1Fingerprint, sha256Fingerprint, spkiSha256 } from "#lib/x509/fingerprint.ts";

/**
 * Issuance in groups: check → build → lint → record → sign → record. Whatever is queued goes
 * through these steps together, and one transaction carries the reservations of a group and the
 * completions of the group before, so that under load many certificates share one commit.
 *
 * The serial number and the to-be-signed bytes are committed before the signature is made: a crash
 * never leaves a certificate that the database does not know. What it leaves reserved is closed by
 * lib/authority/recovery.ts; completing is conditional on the reservation still being open.
 */

/** What a transaction made of a group of jobs. */
interface Reserved {
  prepared: Prepared[];
  refused: { queued: QueuedJob; error: DomainError }[];
}

interface Signed extends Prepared {
  der: Uint8Array;
  sha256: string;
}

/** The most certificates in one transaction, which keeps it under about 20 ms. */
const GROUP_MAX = 64;

/** Works a queue off, group by group. One per process; see issuance.ts and issuance-thread.ts. */
export class IssuanceGroups {
  readonly #connection: DriverConnection;
  readonly #masterKey: MasterKey;
  readonly #clock: Clock;
  /** Runs a transaction in the process's queue of writes. */
  readonly #inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  #queue: QueuedJob[] = [];
  #running = false;
  #catalogue: Catalogue | undefined;

  constructor(
    connection: DriverConnection,
    masterKey: MasterKey,
    clock: Clock,
    inTurn: <T>(work: () => Promise<T>) => Promise<T>,
  ) {
    this.#connection = connection;
    this.#masterKey = masterKey;
    this.#clock = clock;
    this.#inTurn = inTurn;
  }

  add(queued: QueuedJob): void {
    this.#queue.push(queued);
    if (this.#running) return;
    this.#running = true;
    // A turn of the event loop later, so that jobs that arrived together form the first group.
    setImmediate(() => void this.#workOff());
  }

  async #workOff(): Promise<void> {
    let signed: Signed[] = [];
    while (this.#queue.length > 0 || signed.length > 0) {
      const jobs = this.#queue.splice(0, GROUP_MAX);
      signed = await this.#step(jobs, signed);
      // Lets messages and timers in between two groups.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
  }

  /** Reserves new jobs and completes signed ones in one transaction, then signs the new ones. */
  async #step(jobs: QueuedJob[], signed: Signed[]): Promise<Signed[]> {
    let reserved: Reserved;
    let lost: ReadonlySet<Signed>;
    try {
      [reserved, lost] = await this.#inTurn(() =>
        this.#connection.transaction(async (transaction) => {
          const lostNow = await this.#complete(transaction, signed);
          return [await this.#reserve(transaction, jobs), lostNow];
        }),
      );
    } catch (error) {
      return this.#stepApart(jobs, signed, error);
    }
    // Told only now: what a transaction found is void when it is not committed.
    for (const { queued, error } of reserved.refused) queued.reject(error);
    for (const item of signed) {
      if (lost.has(item)) item.queued.reject(new DomainError("unavailable", LOST));
      else item.queued.resolve({ ...item.issued, certificate: item.der });
    }
    return this.#sign(reserved.prepared);
  }

  /** A transaction that failed is tried again in parts, so that one bad row fails nobody else. */
  async #stepApart(jobs: QueuedJob[], signed: Signed[], error: unknown): Promise<Signed[]> {
    const [only] = [...jobs, ...signed.map((item) => item.queued)];
    if (jobs.length + signed.length === 1) {
      only?.reject(error);
      return [];
    }
    const signedAnew: Signed[] = [];
    for (const item of signed) await this.#step([], [item]);
    for (const job of jobs) signedAnew.push(...(await this.#step([job], [])));
    return signedAnew;
  }

  async #reserve(transaction: DriverTransaction, jobs: QueuedJob[]): Promise<Reserved> {
    const prepared: Prepared[] = [];
    const refused: Reserved["refused"] = [];
    if (jobs.length === 0) return { prepared, refused };
    const catalogue = await this.#currentCatalogue(transaction);
    const now = this.#clock.now();
    const renewed = new Set<string>();
    const compromised = await compromisedKeys(
      transaction,
      jobs.map(({ job }) => spkiSha256(job.request.spki)),
    );
    for (const queued of jobs) {
      try {
        const key = spkiSha256(queued.job.request.spki);
        if (compromised.has(key)) throw compromisedKey();
        const replaces = await this.#renewable(transaction, queued.job.replacesId, key, renewed);
        prepared.push(prepare(queued, catalogue, replaces, now));
      } catch (error) {
        // A statement that failed spoils the transaction for the others too; the rest are refusals.
        if (!(error instanceof DomainError)) throw error;
        refused.push({ queued, error });
      }
    }
    const memberships = await joinInventory(
      transaction,
      prepared.map(({ certificate }) => newMember(certificate)),
    );
    for (const [position, item] of prepared.entries()) {
      item.membership = memberships[position] ?? null;
      item.certificate.cohortId = item.membership?.cohortId ?? null;
    }
    await transaction.insert(
      "Certificate",
      prepared.map((item) => item.certificate),
    );
    await transaction.insert(
      "CertificateName",
      prepared.flatMap((item) => item.names),
    );
    return { prepared, refused };
  }

  /** Reading the counter under the write lock means that no change can slip in between. */
  async #currentCatalogue(transaction: DriverTransaction): Promise<Catalogue> {
    const configuration = await readConfiguration(transaction);
    if (this.#catalogue?.configuration !== configuration) {
      this.#catalogue = await readCatalogue(transaction, this.#masterKey);
    }
    return this.#catalogue;
  }

  async #renewable(
    transaction: DriverTransaction,
    replacesId: string | undefined,
    keySha256: string,
    renewed: Set<string>,
  ): Promise<{ id: string; lineageId: string } | null> {
    if (replacesId === undefined) return null;
    const [old] = await transaction.all(
      `SELECT c."lineageId", c."status", c."keySha256", h."state" FROM "Certificate" c
       LEFT JOIN "CertificateCohort" h ON h."id" = c."cohortId" WHERE c."id" = ?`,
      [replacesId],
    );
    if (old?.status !== "issued") {
      throw new DomainError("notFound", "The certificate to renew does not exist.");
    }
    const [successor] = await transaction.all(
      `SELECT "serial", "requestedBy", "status" FROM "Certificate" WHERE "replacesId" = ? AND "status" <> 'abandoned'`,
      [replacesId],
    );
    if (successor !== undefined || renewed.has(replacesId)) {
      throw new DomainError(
        "conflict",
        successor?.status !== "issued"
          ? "This certificate is being renewed by somebody else at this moment."
          : `This certificate has already been renewed by ${successor.requestedBy}: its successor has the serial number ${successor.serial}.`,
      );
    }
    const refusal = renewalRefusal(String(old.state), old.keySha256 === keySha256);
    if (refusal !== null) throw refusal;
    renewed.add(replacesId);
    return { id: replacesId, lineageId: String(old.lineageId) };
  }

  async #sign(reserved: Prepared[]): Promise<Signed[]> {
    const signed: Signed[] = [];
    for (const item of reserved) {
      try {
        const signature = await item.signer.sign(item.toBeSigned);
        const der = assembleCertificate(item.toBeSigned, item.signer.algorithm, signature);
        signed.push({ ...item, der, sha256: sha256Fingerprint(der) });
      } catch (error) {
        item.queued.reject(error); // its reservation is closed by the recovery
      }
    }
    return signed;
  }

  /** @returns the certificates whose reservation was closed meanwhile; they are never handed out */
  async #complete(transaction: DriverTransaction, signed: Signed[]): Promise<ReadonlySet<Signed>> {
    const lost = new Set<Signed>();
    const completed: Signed[] = [];
    if (signed.length === 0) return lost;
    for (const item of signed) {
      const changed = await transaction.run(
        `UPDATE "Certificate" SET "status" = 'issued', "body" = ?, "sha256" = ?, "sha1" = ?
         WHERE "id" = ? AND "status" = 'reserved'`,
        [item.der, item.sha256, sha1Fingerprint(item.der), item.issued.id],
      );
      if (changed === 1) completed.push(item);
      else if (!(await isCompleted(transaction, item))) lost.add(item);
    }
    await settleInventory(
      transaction,
      completed.flatMap(({ membership }) => membership ?? []),
    );
    const at = this.#clock.now();
    await appendFacts(
      transaction,
      completed.map((item) => issuedFacts(item, at)),
    );
    return lost;
  }
}

/** Whether an earlier transaction, whose answer was lost with its connection, completed it after all. */
async function isCompleted(transaction: DriverTransaction, item: Signed): Promise<boolean> {
  const [row] = await transaction.all('SELECT "status", "sha256" FROM "Certificate" WHERE "id" = ?', [
    item.issued.id,
  ]);
  return row?.status === "issued" && row.sha256 === item.sha256;
}

const LOST = "The issuance took too long and was given up; nothing was issued, ask again.";
