import { type Entry, getFileNameLowLevel, open as openZip, type ZipFile } from "yauzl";
import type { ImportedFile, Refusal } from "#lib/inventory/import-files.ts";
import { IMPORT_LIMITS, spokenSize } from "#lib/inventory/import-limits.ts";

/**
 * The files in a ZIP. Names are never paths of ours, so what they say (`..`, a drive) is harmless; sizes are
 * counted while unpacking, whatever the archive says they are.
 *
 * @param path of the ZIP
 */
export async function* zipEntries(path: string): AsyncGenerator<ImportedFile, void, undefined> {
  const zip = await opened(path);
  if (zip === null) {
    yield { name: "", refusal: "The ZIP is cut off or damaged: its directory, at the end, cannot be read." };
    return;
  }
  try {
    for (let packedBytes = 0; ; ) {
      const entry = await nextEntry(zip);
      if (entry === "end") return;
      if (entry === "broken") {
        yield { name: "", refusal: "The directory of the ZIP is damaged; further files were not found." };
        return;
      }
      // What says that it is larger than the archive is damaged, and refused by itself.
      if (entry.compressedSize <= zip.fileSize) packedBytes += entry.compressedSize;
      if (packedBytes > zip.fileSize) {
        yield { name: "", refusal: "The files in the ZIP overlap each other; further files were not read." };
        return;
      }
      const { fileNameRaw, generalPurposeBitFlag, extraFields } = entry;
      const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
      if (!name.endsWith("/")) yield { name, ...(await contentOf(zip, entry)) };
    }
  } finally {
    zip.close();
  }
}

function opened(path: string): Promise<ZipFile | null> {
  const options = {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: false,
  } as const;
  return new Promise((resolve) => {
    openZip(path, options, (error, zip) => resolve(error === null ? zip : null));
  });
}

function nextEntry(zip: ZipFile): Promise<Entry | "end" | "broken"> {
  return new Promise<Entry | "end" | "broken">((resolve) => {
    zip.once("entry", resolve);
    zip.once("end", () => resolve("end"));
    zip.once("error", () => resolve("broken"));
    zip.readEntry();
  }).finally(() => zip.removeAllListeners());
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<{ octets: Uint8Array } | Refusal> {
  if (entry.isEncrypted()) {
    return { refusal: "The file is encrypted inside the ZIP; pack it again without a password." };
  }
  if (!entry.canDecodeFileData()) {
    return { refusal: "The file is packed in a way that is not read; pack it again with the usual deflate." };
  }
  if (entry.uncompressedSize > IMPORT_LIMITS.entryBytes) return { refusal: TOO_LARGE };
  const parts: Buffer[] = [];
  let unpackedBytes = 0;
  try {
    // Leaving the loop ends the unpacking.
    for await (const part of await streamOf(zip, entry)) {
      unpackedBytes += part.length;
      const refusal = excessOf(unpackedBytes, entry.compressedSize);
      if (refusal !== null) return { refusal, unpackedBytes };
      parts.push(part);
    }
  } catch {
    return { refusal: "The file is damaged inside the ZIP and cannot be unpacked.", unpackedBytes };
  }
  return { octets: new Uint8Array(Buffer.concat(parts)) };
}

const TOO_LARGE = `The file unpacks to more than ${spokenSize(IMPORT_LIMITS.entryBytes)}.`;
const BOMB = "The file unpacks to more than a hundred times its size: this looks like a ZIP bomb.";

/** Why no more of a file is unpacked, or null. */
function excessOf(unpackedBytes: number, compressedSize: number): string | null {
  const isBomb =
    unpackedBytes > IMPORT_LIMITS.ratioFromBytes && unpackedBytes > IMPORT_LIMITS.ratio * compressedSize;
  if (isBomb) return BOMB;
  return unpackedBytes > IMPORT_LIMITS.entryBytes ? TOO_LARGE : null;
}

function streamOf(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, readable) => (error === null ? resolve(readable) : reject(error)));
  });
}
