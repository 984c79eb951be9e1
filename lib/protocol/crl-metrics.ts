import { Counter, Gauge } from "prom-client";
import type { CrlHealth } from "#lib/authority/crl-health.ts";
import { metrics } from "#lib/protocol/metrics.ts";

/** Figures of the CRLs that we publish, by short name of the authority. */

function gauge(name: string, help: string): Gauge<"authority"> {
  return new Gauge({
    name: `countersign_crl_${name}`,
    help,
    labelNames: ["authority"],
    registers: [metrics],
  });
}

const number = gauge("number", "Number of each authority's CRL (RFC 5280 §5.2.3).");
const thisUpdate = gauge("this_update_seconds", "thisUpdate of each authority's CRL, in seconds since 1970.");
const nextUpdate = gauge("next_update_seconds", "nextUpdate of each authority's CRL, in seconds since 1970.");
const entries = gauge("entries", "Certificates in each authority's CRL.");
const size = gauge("size_bytes", "Size of each authority's CRL.");
const stale = gauge("stale", "1 when an authority's CRL is late, has expired or is missing, else 0.");
const all = [number, thisUpdate, nextUpdate, entries, size, stale];

/** Failed publications of CRLs since this process started. */
export const crlFailures = new Counter({
  name: "countersign_crl_publication_failures_total",
  help: "Publications of a CRL by this process that failed.",
  labelNames: ["authority"],
  registers: [metrics],
});

/** Shows the present state; authorities that have ended are left out from then on. */
export function showCrls(crls: readonly CrlHealth[]): void {
  for (const each of all) each.reset();
  for (const crl of crls) {
    const authority = { authority: crl.slug };
    stale.set(authority, crl.state === "ok" || crl.state === "due" ? 0 : 1);
    if (crl.thisUpdate === null || crl.nextUpdate === null) continue;
    number.set(authority, Number(crl.number));
    thisUpdate.set(authority, crl.thisUpdate.getTime() / 1000);
    nextUpdate.set(authority, crl.nextUpdate.getTime() / 1000);
    entries.set(authority, crl.entries);
    size.set(authority, crl.size);
  }
}
