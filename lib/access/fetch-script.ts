import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Installation } from "#lib/installation.ts";

/**
 * What this installation hands out to proxies: scripts that keep files fresh, the one that sends their logs, and the
 * one by which HAProxy asks.
 */
export const FETCH_SCRIPTS = {
  crl: "countersign-fetch-crl.sh",
  allowlist: "countersign-fetch-allowlist.sh",
  haproxy: "countersign-haproxy.lua",
  ship: "countersign-ship-logs.sh",
} as const;

export type FetchScriptName = keyof typeof FETCH_SCRIPTS;

/** A script, as this installation hands it out. */
export interface FetchScript {
  text: string;
  /** Lower-case hexadecimal, for sha256sum -c. */
  sha256: string;
}

const read = new Map<FetchScriptName, Promise<FetchScript>>();

/** Reads one once for the life of the process. Public. */
export function fetchScript({ config }: Installation, name: FetchScriptName = "crl"): Promise<FetchScript> {
  let script = read.get(name);
  if (script === undefined) {
    script = readFile(join(config.root, "public", FETCH_SCRIPTS[name]), "utf8").then((text) => ({
      text,
      sha256: createHash("sha256").update(text).digest("hex"),
    }));
    read.set(name, script);
  }
  return script;
}
