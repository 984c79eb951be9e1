/** The part of yauzl that we use; it brings no types of its own. */
declare module "yauzl" {
  import type { Readable } from "node:stream";

  export interface Entry {
    fileNameRaw: Buffer;
    generalPurposeBitFlag: number;
    extraFields: readonly unknown[];
    compressedSize: number;
    uncompressedSize: number;
    isEncrypted(): boolean;
    canDecodeFileData(): boolean;
  }

  export interface ZipFile {
    entryCount: number;
    /** Of the whole archive. */
    fileSize: number;
    readEntry(): void;
    openReadStream(entry: Entry, callback: (error: Error | null, stream: Readable) => void): void;
    close(): void;
    once(event: "entry", listener: (entry: Entry) => void): this;
    once(event: "end", listener: () => void): this;
    once(event: "error", listener: (error: Error) => void): this;
    removeAllListeners(): this;
  }

  export function open(
    path: string,
    options: { lazyEntries: true; autoClose: false; decodeStrings: false; validateEntrySizes: false },
    callback: (error: Error | null, zip: ZipFile) => void,
  ): void;

  /** The name of an entry in whichever of ZIP's encodings. */
  export function getFileNameLowLevel(
    flag: number,
    raw: Buffer,
    extraFields: readonly unknown[],
    strictFileNames: boolean,
  ): string;
}
