import { Counter, Gauge, type Registry } from "prom-client";
import { type DecisionParts, decisionHealth } from "#lib/access/decision-health.ts";
import type { Installation } from "#lib/installation.ts";

/** Shows to Prometheus what this process decides and on what. Nothing of it asks the database. */
export function exposeDecisions(registry: Registry, parts: DecisionParts, installation: Installation): void {
  const registers = [registry];
  new Counter({
    name: "countersign_decisions_total",
    help: "Decisions about requests since this process started, by their reason.",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of parts.counts.all) this.inc({ reason }, count);
    },
  });
  new Gauge({
    name: "countersign_decisions_stale_seconds",
    help: "For how long decisions have been made on a state that is not the present one; 0 while they are not.",
    registers,
    collect() {
      const { awaySince, behindSince } = decisionHealth(installation, parts);
      const since = awaySince ?? behindSince;
      const now = installation.clock.now().getTime();
      this.set(since === null ? 0 : Math.max(1, (now - since.getTime()) / 1000));
    },
  });
  new Gauge({
    name: "countersign_decisions_usable_until_seconds",
    help: "When clients are refused if the database does not answer before, in seconds since 1970.",
    registers,
    collect() {
      const { usableUntil } = decisionHealth(installation, parts);
      this.set((usableUntil?.getTime() ?? 0) / 1000);
    },
  });
  new Gauge({
    name: "countersign_decisions_fail_open",
    help: "1 for a service that lets in at present whom nobody can decide about.",
    labelNames: ["service"],
    registers,
    collect() {
      this.reset();
      for (const service of decisionHealth(installation, parts).openServices) this.set({ service }, 1);
    },
  });
  new Gauge({
    name: "countersign_access_use_unwritten_seconds",
    help: "For how long the use of clients could not be written; 0 while it can.",
    registers,
    collect() {
      this.set(decisionHealth(installation, parts).unwrittenMs / 1000);
    },
  });
  new Gauge({
    name: "countersign_access_reading_seconds",
    help: "How long it took to read all clients and grants the last time.",
    registers,
    collect() {
      this.set(parts.access.readingMs / 1000);
    },
  });
}
