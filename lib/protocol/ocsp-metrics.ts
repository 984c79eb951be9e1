import { Counter, Gauge, type Registry } from "prom-client";
import type { OcspTally } from "#lib/authority/ocsp-tally.ts";
import { LATENCY_BOUNDS_MS } from "#lib/authority/ocsp-tally.ts";
import type { Installation } from "#lib/installation.ts";
import { ifDatabaseAnswers } from "#lib/protocol/database-patience.ts";

/**
 * Shows this process's OCSP figures to Prometheus. They are counted elsewhere, thousands of times a second, and
 * copied when somebody asks.
 */
export function exposeOcsp(registry: Registry, tally: OcspTally, { database }: Installation): void {
  new Counter({
    name: "countersign_ocsp_responses_total",
    help: "Certificates answered about over OCSP since this process started.",
    labelNames: ["authority", "status"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [authority, counts] of Object.entries(tally.total().authorities)) {
        for (const [status, count] of Object.entries(counts)) this.inc({ authority, status }, count);
      }
    },
  });
  new Counter({
    name: "countersign_ocsp_errors_total",
    help: "OCSP requests that could not be answered since this process started, by the status of RFC 6960.",
    labelNames: ["error"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [error, count] of Object.entries(tally.total().errors)) this.inc({ error }, count);
    },
  });
  new Counter({
    // Named as the groups of a histogram, so that histogram_quantile() understands it.
    name: "countersign_ocsp_seconds_bucket",
    help: "OCSP answers by the time that they took, since this process started.",
    labelNames: ["le"],
    registers: [registry],
    collect() {
      this.reset();
      let below = 0;
      for (const [index, count] of tally.total().latency.entries()) {
        below += count;
        const bound = LATENCY_BOUNDS_MS[index];
        this.inc({ le: bound === undefined ? "+Inf" : String(bound / 1000) }, below);
      }
    },
  });
  new Gauge({
    name: "countersign_ocsp_responder_not_after_seconds",
    help: "End of the certificate by which each authority's OCSP responder signs, in seconds since 1970.",
    labelNames: ["authority"],
    registers: [registry],
    async collect() {
      const rows = await ifDatabaseAnswers(
        database.read.ocspResponder.findMany({
          select: { notAfter: true, authority: { select: { slug: true } } },
        }),
      );
      for (const { notAfter, authority } of rows ?? []) {
        this.set({ authority: authority.slug }, notAfter.getTime() / 1000);
      }
    },
  });
}
