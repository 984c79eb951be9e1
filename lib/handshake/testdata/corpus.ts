import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Cause } from "#lib/handshake/causes.ts";
import { certificatesOfPem, crlsOfPem } from "#lib/handshake/inventory-in-memory.ts";

/** What real proxies wrote into one log for one handshake, and what was really wrong with it. */
export interface CorpusRow {
  proxy: "nginx" | "haproxy" | "apache" | "caddy";
  version: string;
  log: "error" | "access";
  /** Of the proxy's own making, or as we tell people to configure it. */
  format: "default" | "recommended";
  scenario: string;
  tls: string | null;
  direction: "inbound" | "upstream";
  outcome: "accepted" | "rejected";
  lines: readonly string[];
  cause: Cause;
}

const file = (name: string) => readFileSync(new URL(name, import.meta.url));

export function corpusRows(): CorpusRow[] {
  return gunzipSync(file("handshakes.ndjson.gz"))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The lines of both logs of a handshake, as they are joined before they are diagnosed. */
export function corpusHandshakes(): CorpusRow[] {
  const handshakes = Map.groupBy(corpusRows(), ({ proxy, format, scenario, tls }) =>
    [proxy, format, scenario, tls].join(),
  );
  return [...handshakes.values()].flatMap(([row, ...others]) =>
    row === undefined ? [] : [{ ...row, lines: [row, ...others].flatMap(({ lines }) => lines) }],
  );
}

/**
 * The certificates and CRLs that were imported before.
 *
 * @param trust `told`: somebody said which roots the proxies trust. `untold`: they were imported, and no more
 */
export function corpusInventory(trust: "told" | "untold") {
  const roots = file("trusted-roots.pem").toString();
  const trusted =
    trust === "told" ? new Set(certificatesOfPem(roots, null).map(({ sha256 }) => sha256)) : null;
  const certificates = certificatesOfPem(file("certificates.pem").toString() + roots, trusted);
  return { certificates, crls: crlsOfPem(file("crls.pem").toString()) };
}
