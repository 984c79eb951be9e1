import { Counter, Gauge, type Registry } from "prom-client";
import type { Ingest } from "#lib/handshake/ingest.ts";

/** Shows to Prometheus what became of the lines that were sent to this process. */
export function exposeIngest(registry: Registry, { tally }: Pick<Ingest, "tally">): void {
  new Counter({
    name: "countersign_ingest_lines_total",
    help: "Log lines of proxies that were taken in since this process started, by what they said.",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      this.reset();
      this.inc({ outcome: "matched" }, tally.matched);
      this.inc({ outcome: "ignored" }, tally.ignored);
      this.inc({ outcome: "not-understood" }, tally.notUnderstood);
    },
  });
  new Counter({
    name: "countersign_ingest_batches_total",
    help: "Batches of log lines that changed nothing since this process started: they came again, or too much waited.",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      this.reset();
      this.inc({ outcome: "repeated" }, tally.repeated);
      this.inc({ outcome: "refused" }, tally.refused);
    },
  });
  new Gauge({
    name: "countersign_ingest_waiting_bytes",
    help: "Log lines that were sent and are not stored yet.",
    registers: [registry],
    collect() {
      this.set(tally.waitingBytes);
    },
  });
}
