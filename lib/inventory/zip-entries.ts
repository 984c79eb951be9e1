import { type Entry, getFileNameLowLevel, open as openZip, type ZipFile } from "yauzl";
import type { ImportedFile } from "#lib/inventory/import-files.ts";
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
    for (;;) {
      const entry = await nextEntry(zip);
      if (entry === "end") return;
      if (entry === "broken") {
        yield { name: "", refusal: "The directory of the ZIP is damaged; further files were not found." };
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

async function contentOf(zip: ZipFile, entry: Entry): Promise<{ octets: Uint8Array } | { refusal: string }> {
  if (entry.isEncrypted()) {
    return { refusal: "The file is encrypted inside the ZIP; pack it again without a password." };
  }
  if (!entry.canDecodeFileData()) {
    return { refusal: "The file is packed in a way that is not read; pack it again with the usual deflate." };
  }
  if (entry.uncompressedSize > IMPORT_LIMITS.entryBytes) return { refusal: TOO_LARGE };
  try {
    return await unpacked(zip, entry);
  } catch {
    return { refusal: "The file is damaged inside the ZIP and cannot be unpacked." };
  }
}

const TOO_LARGE = `The file unpacks to more than ${spokenSize(IMPORT_LIMITS.entryBytes)}.`;

async function unpacked(zip: ZipFile, entry: Entry): Promise<{ octets: Uint8Array } | { refusal: string }> {
  const stream = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
    zip.openReadStream(entry, (error, readable) => (error === null ? resolve(readable) : reject(error)));
  });
  const parts: Buffer[] = [];
  let size = 0;
  // Leaving the loop ends the unpacking.
  for await (const part of stream) {
    size += part.length;
    if (size > IMPORT_LIMITS.ratioFromBytes && size > IMPORT_LIMITS.ratio * entry.compressedSize) {
      return {
        refusal: "The file unpacks to more than a hundred times its size: this looks like a ZIP bomb.",
      };
    }
    if (size > IMPORT_LIMITS.entryBytes) return { refusal: TOO_LARGE };
    parts.push(part);
  }
  return { octets: new Uint8Array(Buffer.concat(parts)) };
}
