import { open as openFile } from "node:fs/promises";
import { DomainError } from "#lib/errors.ts";
import { IMPORT_LIMITS, spokenSize } from "#lib/inventory/import-limits.ts";
import { tarEntries } from "#lib/inventory/tar-entries.ts";
import { zipEntries } from "#lib/inventory/zip-entries.ts";
import { archiveName } from "#lib/x509/archive-name.ts";

/** A file of an upload: the upload itself, or one in an archive. */
export type ImportedFile = {
  /** As the archive names it; only ever shown. Empty for an upload that is no archive. */
  name: string;
} & ({ octets: Uint8Array } | Refusal);

/** Why a file of an archive is not read. */
export interface Refusal {
  refusal: string;
  /** What was unpacked of it all the same, which has cost time. */
  unpackedBytes?: number;
}

/**
 * The files in an upload, one after the other, each wholly in memory.
 *
 * @param path of the uploaded file
 * @throws DomainError tooLarge when an archive is more than is unpacked; what came before was given
 */
export async function* importedFiles(path: string): AsyncGenerator<ImportedFile, void, undefined> {
  const file = await openFile(path, "r");
  try {
    const head = new Uint8Array(300);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const archive = archiveName(head.subarray(0, bytesRead));
    if (archive === "ZIP") yield* bounded(zipEntries(path));
    else if (archive === "tar") yield* bounded(tarEntries(file));
    else if (archive !== null) {
      yield { name: "", refusal: `An archive of the kind ${archive} is not opened; ZIP and tar are.` };
    } else yield { name: "", octets: new Uint8Array(await file.readFile()) };
  } finally {
    await file.close();
  }
}

/** Counts what an archive brings; what systems put beside files is left out. */
async function* bounded(entries: AsyncIterable<ImportedFile>): AsyncGenerator<ImportedFile, void, undefined> {
  let [count, bytes, bombs] = [0, 0, 0];
  for await (const entry of entries) {
    if (++count > IMPORT_LIMITS.entries) {
      throw tooLarge(`The archive has more than ${IMPORT_LIMITS.entries} files; the others were not read.`);
    }
    const unpacked = "octets" in entry ? entry.octets.length : (entry.unpackedBytes ?? 0);
    bytes += unpacked;
    if (bytes > IMPORT_LIMITS.unpackedBytes) {
      const most = spokenSize(IMPORT_LIMITS.unpackedBytes);
      throw tooLarge(`The archive unpacks to more than ${most}; the rest was not read.`);
    }
    if ("refusal" in entry && unpacked > IMPORT_LIMITS.ratioFromBytes) bombs++;
    if (!/(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/.test(entry.name)) yield entry;
    if (bombs === IMPORT_LIMITS.bombs) {
      throw tooLarge(`The archive has ${bombs} files that unpack to far too much; the rest was not read.`);
    }
  }
}

function tooLarge(detail: string): DomainError {
  return new DomainError("tooLarge", detail, {
    violations: [{ field: "body", rule: "import.size", detail }],
  });
}
