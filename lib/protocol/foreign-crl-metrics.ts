import { Gauge } from "prom-client";
import type { CrlSourceHealth } from "#lib/authority/crl-source-read.ts";
import { metrics } from "#lib/protocol/metrics.ts";

/** Figures of the CRLs of other authorities, by the name that their source has here. */

function gauge(name: string, help: string): Gauge<"source"> {
  return new Gauge({
    name: `countersign_foreign_crl_${name}`,
    help,
    labelNames: ["source"],
    registers: [metrics],
  });
}

const nextUpdate = gauge("next_update_seconds", "nextUpdate of each foreign CRL, in seconds since 1970.");
const entries = gauge("entries", "Certificates in each foreign CRL.");
const stale = gauge("stale", "1 when a foreign CRL is late, has expired or is missing, else 0.");
const failing = gauge("failing", "1 while a foreign CRL that is followed cannot be fetched, else 0.");
const all = [nextUpdate, entries, stale, failing];

/** Shows the present state; sources that were deleted are left out from then on. */
export function showForeignCrls(sources: readonly CrlSourceHealth[]): void {
  for (const each of all) each.reset();
  for (const { name: source, state, failingSince, ...facts } of sources) {
    stale.set({ source }, state === "ok" || state === "failing" ? 0 : 1);
    failing.set({ source }, failingSince === null ? 0 : 1);
    entries.set({ source }, facts.entries);
    if (facts.nextUpdate !== null) nextUpdate.set({ source }, facts.nextUpdate.getTime() / 1000);
  }
}
