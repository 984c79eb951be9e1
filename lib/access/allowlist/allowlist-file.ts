import { createHash } from "node:crypto";
import type { AllowlistEntry, Expansion, LeftOut } from "#lib/access/allowlist/allowlist-entries.ts";
import type { AllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import { headLines } from "#lib/access/allowlist/allowlist-head.ts";
import type { AllowlistWriter } from "#lib/access/allowlist/allowlist-writer.ts";
import { envoyWriter } from "#lib/access/allowlist/envoy-allowlist.ts";
import { jsonWriter } from "#lib/access/allowlist/json-allowlist.ts";
import { apacheLine, caddyLine, haproxyLine, nginxLine } from "#lib/access/allowlist/map-lines.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

const lines = (line: (entry: AllowlistEntry) => string): AllowlistWriter => ({
  hasLimits: false,
  type: "text/plain; charset=utf-8",
  head: headLines,
  open: "",
  close: "",
  entry: line,
});

/** All formats. */
export const ALLOWLIST_WRITERS: Record<AllowlistFormat, AllowlistWriter> = {
  json: jsonWriter,
  nginx: lines(nginxLine),
  haproxy: lines(haproxyLine),
  apache: lines(apacheLine),
  caddy: lines(caddyLine),
  envoy: envoyWriter,
};

/** What a file says, before its version is known. */
export interface AllowlistBody {
  /** UTF-8, all but the head. */
  pieces: Buffer[];
  /** Of the pieces, lower-case hex. */
  sha256: string;
  entries: number;
  leftOut: LeftOut[];
}

/** Text is turned into bytes in pieces of so many entries. */
const PIECE = 500;

/** Writes an expanded decision in a format. Others have their turn in between. */
export async function allowlistBody(format: AllowlistFormat, expansion: Expansion): Promise<AllowlistBody> {
  const writer = ALLOWLIST_WRITERS[format];
  const hash = createHash("sha256");
  const pieces: Buffer[] = [];
  const add = (text: string) => {
    const piece = Buffer.from(text);
    hash.update(piece);
    pieces.push(piece);
  };
  const limited = new Map<string, LeftOut>();
  let [text, inPiece, entries] = [writer.open, 0, 0];
  for (const entry of expansion.entries) {
    if (entry.limits !== null && !writer.hasLimits) {
      limited.set(entry.client.id, { reason: "limited", client: entry.client });
      continue;
    }
    text += writer.entry(entry, entries++ === 0);
    if (++inPiece < PIECE) continue;
    add(text);
    [text, inPiece] = ["", 0];
    await letOthersRun();
  }
  add(text + writer.close);
  return {
    ...{ pieces, entries, sha256: hash.digest("hex") },
    leftOut: [...expansion.leftOut, ...limited.values()],
  };
}
