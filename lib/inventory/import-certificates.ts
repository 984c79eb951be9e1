import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { openDriver } from "#lib/driver.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { readForeign } from "#lib/inventory/foreign-certificate.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { ImportBatches, type ImportCounts, type ToldFault } from "#lib/inventory/import-batch.ts";
import { importedFiles } from "#lib/inventory/import-files.ts";
import { IMPORT_LIMITS } from "#lib/inventory/import-limits.ts";
import { breakImport, closeDeadImports } from "#lib/inventory/import-recovery.ts";
import {
  activeImports,
  checkDeclaredSize,
  receiveUpload,
  removeUpload,
  reserveUpload,
} from "#lib/inventory/import-upload.ts";
import { type OwnAuthority, ownAuthorities } from "#lib/inventory/own-authorities.ts";
import { log } from "#lib/log.ts";
import { type CertificatePart, unreadable } from "#lib/x509/certificate-part.ts";
import { certificateParts } from "#lib/x509/certificate-parts.ts";
import { sha256Fingerprint } from "#lib/x509/fingerprint.ts";

/** Certificates of others that somebody uploads. */
export interface CertificateUpload {
  /** What the file is called where it comes from; only ever shown. */
  fileName: string;
  /** Opens PKCS#12 files and key stores; null when there is none. */
  password: string | null;
  /** Content-Length, or null. */
  declaredBytes: number | null;
  source: AsyncIterable<Uint8Array>;
}

/** How far an import is. */
export interface ImportProgress extends ImportCounts {
  id: string;
  /** Bytes received. */
  bytes: number;
}

/** What an import came to. */
export interface ImportResult extends ImportProgress {
  /** Broken: a bound was reached or the database went away; what was added stays. */
  status: "done" | "broken";
  /** Why it is broken; else empty. */
  reason: string;
  /** The first 100 parts that became no certificate. */
  faults: readonly ToldFault[];
}

const FILE_NAME_MAX = 200;
const PASSWORD_MAX = 1_000;

/**
 * Takes certificates of others into the inventory from a file of any usual format, or an archive of such
 * files. Private keys in it are stepped over and never stored. What cannot be read is kept beside the import
 * with the reason, and hinders nothing else. The upload is written to the data folder while it arrives and
 * removed at the end, or after a crash (import-recovery.ts).
 *
 * @param onProgress told after each transaction and while receiving
 * @throws DomainError `forbidden`; `tooLarge` for an upload beyond IMPORT_LIMITS; `malformed` for one that
 *   ends early; `rateLimited` while several others run
 */
export async function importCertificates(
  installation: Installation,
  actor: Actor,
  upload: CertificateUpload,
  onProgress: (progress: ImportProgress) => void = () => {},
): Promise<ImportResult> {
  authorize(actor, "certificate:import");
  if ((upload.password?.length ?? 0) > PASSWORD_MAX) {
    throw malformed("password", "import.password", `A password has at most ${PASSWORD_MAX} characters.`);
  }
  checkDeclaredSize(upload.declaredBytes);
  await closeDeadImports(installation);
  const active = activeImports();
  if (active.size >= IMPORT_LIMITS.running) {
    throw new DomainError("rateLimited", "Several imports are running; try again when one of them is done.");
  }
  const id = newId();
  active.add(id);
  try {
    return await receiveAndRead(installation, actor, id, upload, onProgress);
  } finally {
    active.delete(id);
  }
}

async function receiveAndRead(
  installation: Installation,
  actor: Actor,
  id: string,
  upload: CertificateUpload,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  const fileName = shownText(upload.fileName.trim(), FILE_NAME_MAX) || "upload";
  const path = await reserveUpload(installation, id);
  const progress: ImportProgress = { id, bytes: 0, found: 0, added: 0, known: 0, unreadable: 0 };
  let faults: readonly ToldFault[] = [];
  const told = (changed: Partial<ImportProgress>) => onProgress(Object.assign(progress, changed));
  try {
    await begin(installation, actor, id, fileName);
    told({});
    await receiveUpload(upload.source, path, (bytes) => told({ bytes }));
    await readUpload(installation, actor, { id, path, password: upload.password }, (batches) => {
      faults = batches.told;
      told(batches.counts);
    });
    await finish(installation, actor, fileName, progress);
    return { ...progress, status: "done", reason: "", faults };
  } catch (error) {
    const reason = error instanceof DomainError ? error.message : UNEXPECTED;
    await breakImport(installation, actor, id, reason).catch((failure: unknown) => {
      // The database is away: the recovery finds the row when it is back.
      log("inventory").warn({ err: failure, import: id }, "an import could not be marked as broken");
    });
    // Whoever sent too much, or too little, is told so; the rest is the result of an import.
    if (!(error instanceof DomainError) || progress.found === 0) throw error;
    return { ...progress, status: "broken", reason, faults };
  } finally {
    await removeUpload(path);
  }
}

const UNEXPECTED = "Something went wrong on our side; the log has the cause.";

async function begin(installation: Installation, actor: Actor, id: string, fileName: string): Promise<void> {
  const createdAt = installation.clock.now();
  const nothing = { bytes: 0, found: 0, added: 0, known: 0, unreadable: 0, reason: "" };
  await installation.database.write(async (transaction) => {
    await transaction.certificateImport.create({
      data: { id, fileName, ...nothing, status: "running", requestedBy: actor.name, createdAt },
    });
    await appendAudit(transaction, actor, createdAt, {
      action: "import.started",
      object: { kind: "import", id, name: fileName },
    });
  });
}

async function finish(
  installation: Installation,
  actor: Actor,
  fileName: string,
  { id, ...counts }: ImportProgress,
): Promise<void> {
  const finishedAt = installation.clock.now();
  await installation.database.write(async (transaction) => {
    await transaction.certificateImport.update({
      where: { id },
      data: { ...counts, status: "done", finishedAt },
    });
    await appendAudit(transaction, actor, finishedAt, {
      action: "import.finished",
      object: { kind: "import", id, name: fileName },
      details: counts,
    });
  });
}

/** Reads the received file part by part and records what it holds. */
async function readUpload(
  installation: Installation,
  actor: Actor,
  { id, path, password }: { id: string; path: string; password: string | null },
  told: (batches: ImportBatches) => void,
): Promise<void> {
  const authorities = await ownAuthorities(installation);
  const connection = await openDriver(installation.config.database);
  const batches = new ImportBatches(installation, connection, actor, id);
  const turns = new Turns();
  try {
    const met = new Set<string>();
    for await (const file of importedFiles(path)) {
      if ("refusal" in file) {
        batches.addUnreadable({ place: file.name, reason: file.refusal, body: new Uint8Array() });
      } else {
        for await (const part of certificateParts(file.octets, password)) {
          take(batches, met, authorities, { ...part, place: placeOf(file.name, part.place) });
          await turns.yield();
          if (!batches.isFull) continue;
          await batches.flush();
          told(batches);
        }
      }
      if (batches.isFull) await batches.flush();
      await turns.yield();
    }
  } finally {
    try {
      // Also what was read before a bound was reached; and twice, because recording may find faults.
      await batches.flush();
      await batches.flush();
      told(batches);
    } finally {
      await connection.close();
    }
  }
}

function take(
  batches: ImportBatches,
  met: Set<string>,
  authorities: readonly OwnAuthority[],
  part: CertificatePart,
): void {
  const { place } = part;
  if (part.kind === "note") batches.addNote(place, part.reason);
  else if (part.kind === "unreadable") batches.addUnreadable(part);
  else takeCertificate(batches, met, authorities, part);
}

function takeCertificate(
  batches: ImportBatches,
  met: Set<string>,
  authorities: readonly OwnAuthority[],
  { place, der, document }: { place: string; der: Uint8Array; document: Uint8Array },
): void {
  const sha256 = sha256Fingerprint(der);
  if (met.has(sha256)) {
    batches.addRepeated();
    return;
  }
  met.add(sha256);
  try {
    // A copy: the file that it is a part of need not stay in memory.
    batches.addCertificate(readForeign(new Uint8Array(der), authorities), place);
  } catch (error) {
    batches.addUnreadable(unreadable(place, error, der, document));
  }
}

function placeOf(file: string, place: string): string {
  if (file === "") return place;
  return place === "" ? file : `${file}, ${place}`;
}

/** Lets others in every few milliseconds, and ends an import that takes too long. */
class Turns {
  readonly #until = performance.now() + IMPORT_LIMITS.durationMs;
  #since = performance.now();

  /** @throws DomainError `tooLarge` when the import's time is over */
  async yield(): Promise<void> {
    if (performance.now() - this.#since < TURN_MS) return;
    if (performance.now() > this.#until) {
      const minutes = IMPORT_LIMITS.durationMs / 60_000;
      throw new DomainError("tooLarge", `Reading took more than ${minutes} minutes; the rest was not read.`);
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}

const TURN_MS = 8;
