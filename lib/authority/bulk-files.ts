import { Zip, ZipPassThrough } from "fflate";
import { authorityPath } from "#lib/authority/authority-read.ts";
import { issueItemSchema } from "#lib/authority/bulk-items.ts";
import { handOutKeys, openItemKey } from "#lib/authority/bulk-keys.ts";
import { type Run, readRun } from "#lib/authority/bulk-run.ts";
import { fileStem } from "#lib/authority/certificate-download.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { csvLine } from "#lib/csv-writer.ts";
import type { Installation } from "#lib/installation.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { encodePkcs8 } from "#lib/x509/private-key.ts";

/** Items read at once. */
const AT_ONCE = 100;

/** A file that is made while it is read. */
export interface StreamedFile {
  fileName: string;
  type: string;
  body: AsyncGenerator<Uint8Array>;
}

/**
 * Everything that a run issued as a ZIP: a folder per certificate with the certificate, the same with its
 * intermediates, and with `keys` the private key where it was made here; and a list of the folders.
 *
 * @throws DomainError as `handOutKeys` when keys are asked for; `notFound`, `forbidden`
 */
export async function issuedFiles(
  installation: Installation,
  actor: Actor,
  runId: string,
  keys: boolean,
): Promise<StreamedFile> {
  authorize(actor, keys ? "certificate:issue" : "certificate:read");
  const run = keys
    ? await handOutKeys(installation, actor, runId)
    : await readRun(installation.database.read, runId);
  return {
    fileName: `certificates-${run.createdAt.toISOString().slice(0, 10)}-${runId.slice(-6)}.zip`,
    type: "application/zip",
    body: zipped(filesOf(installation, run, keys), run.finishedAt ?? run.createdAt),
  };
}

interface ArchivedFile {
  path: string;
  content: string;
}

async function* filesOf(installation: Installation, run: Run, keys: boolean): AsyncGenerator<ArchivedFile> {
  const digits = String(run.total).length;
  const paths = new Map<string, Promise<string>>();
  let list = csvLine(["folder", "name", "serial number", "not after", "private key"]);
  for (let after = -1; ; ) {
    const items = await installation.database.read.bulkItem.findMany({
      where: { runId: run.id, status: "done", position: { gt: after } },
      orderBy: { position: "asc" },
      take: AT_ONCE,
    });
    const certificates = await certificatesOf(
      installation,
      items.flatMap((item) => item.certificateId ?? []),
    );
    for (const item of items) {
      const certificate = certificates.get(item.certificateId ?? "");
      if (certificate === undefined) continue;
      const folder = `${String(item.position + 1).padStart(digits, "0")}-${fileStem(certificate.displayName)}`;
      const stem = fileStem(certificate.displayName);
      const pem = encodePem("CERTIFICATE", certificate.body);
      yield { path: `${folder}/${stem}.crt`, content: pem };
      yield {
        path: `${folder}/${stem}.fullchain.pem`,
        content: pem + (await intermediates(installation, certificate.issuerId, paths)),
      };
      const madeHere =
        run.kind === "issue" && issueItemSchema.parse(JSON.parse(item.input)).csr === undefined;
      if (keys && madeHere) {
        // Wiped while this was written: an archive without it must not look whole.
        if (item.sealed === null)
          throw new Error("The private keys were destroyed while they were downloaded.");
        const key = openItemKey(installation.masterKey, item.id, item.sealed);
        yield { path: `${folder}/${stem}.key`, content: encodePem("PRIVATE KEY", encodePkcs8(key)) };
      }
      const keyPlace = !madeHere ? "where it was" : keys ? `${stem}.key` : "not in this file";
      const { displayName, serial, notAfter } = certificate;
      list += csvLine([folder, displayName, serial, notAfter.toISOString(), keyPlace]);
    }
    const last = items.at(-1);
    if (last === undefined || items.length < AT_ONCE) break;
    after = last.position;
  }
  yield { path: "certificates.csv", content: list };
}

async function certificatesOf({ database }: Installation, ids: string[]) {
  const rows = await database.read.certificate.findMany({
    where: { id: { in: ids }, status: "issued" },
    select: { id: true, displayName: true, serial: true, notAfter: true, body: true, issuerId: true },
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** PEM of the authorities between a certificate and its root; read once for each issuer. */
function intermediates(
  installation: Installation,
  issuerId: string | null,
  paths: Map<string, Promise<string>>,
): Promise<string> {
  if (issuerId === null) return Promise.resolve("");
  const known =
    paths.get(issuerId) ??
    authorityPath(installation, issuerId).then((path) =>
      path
        .slice(0, -1)
        .map((der) => encodePem("CERTIFICATE", der))
        .join(""),
    );
  paths.set(issuerId, known);
  return known;
}

/** Regular file, readable by its owner only: what Unix tools make of a key. */
const OWNER_ONLY = 0o100600 << 16;
const UNIX = 3;

/**
 * An archive, written as its files come. They are stored as they are: keys and certificates hardly shrink.
 *
 * @param time given to every file
 */
async function* zipped(files: AsyncGenerator<ArchivedFile>, time: Date): AsyncGenerator<Uint8Array> {
  let written: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    written.push(chunk);
  });
  const encoder = new TextEncoder();
  const collected = () => {
    const bytes = Buffer.concat(written);
    written = [];
    return bytes;
  };
  for await (const { path, content } of files) {
    const entry = new ZipPassThrough(path);
    entry.mtime = time;
    entry.os = UNIX;
    entry.attrs = OWNER_ONLY;
    zip.add(entry);
    entry.push(encoder.encode(content), true);
    if (written.length > 300) yield collected();
  }
  zip.end();
  yield collected();
}
