import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Installation } from "#lib/installation.ts";

/** The script that keeps a proxy's CRL file fresh, as this installation hands it out. */
export interface FetchScript {
  text: string;
  /** Lower-case hexadecimal, for sha256sum -c. */
  sha256: string;
}

let read: Promise<FetchScript> | undefined;

/** Reads it once for the life of the process. Public. */
export function fetchScript({ config }: Installation): Promise<FetchScript> {
  read ??= readFile(join(config.root, "public", "countersign-fetch-crl.sh"), "utf8").then((text) => ({
    text,
    sha256: createHash("sha256").update(text).digest("hex"),
  }));
  return read;
}
