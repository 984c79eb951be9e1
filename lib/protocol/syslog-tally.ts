import { Counter, Gauge, type Registry } from "prom-client";
import { placeName } from "#lib/access/proxy-sightings.ts";
import { log } from "#lib/log.ts";

/** The same is told once a minute, with how often it happened meanwhile. */
const TOLD_EVERY_MS = 60_000;

/** What becomes of lines that come by syslog, for Prometheus and, where a person has to know, for the log. */
export class SyslogTally {
  /** Connections that are open. */
  connections = 0;
  readonly #lines = { taken: 0, refused: 0, lost: 0 };
  readonly #toldAt = { refused: Number.NEGATIVE_INFINITY, lost: Number.NEGATIVE_INFINITY };
  readonly #untold = { refused: 0, lost: 0 };

  taken(): void {
    this.#lines.taken++;
  }

  /** Lines of a sender whom nobody knows. @param remoteAddress from where they came */
  refused(lines: number, remoteAddress: string): void {
    this.#count("refused", lines, (all) =>
      log("protocol").warn(
        { from: placeName(remoteAddress), lines: all },
        "syslog of an unknown sender is refused: it has neither the token of a proxy nor its certificate",
      ),
    );
  }

  /** Lines that could not be stored. */
  lost(lines: number, reason: unknown): void {
    this.#count("lost", lines, (all) =>
      log("protocol").error({ err: reason, lines: all }, "log lines that came by syslog are lost"),
    );
  }

  /** Shows the figures. */
  expose(registry: Registry): void {
    const all = this.#lines;
    new Counter({
      name: "countersign_syslog_lines_total",
      help: "Log lines that came by syslog since this process started, by what became of them.",
      labelNames: ["outcome"],
      registers: [registry],
      collect() {
        this.reset();
        for (const [outcome, count] of Object.entries(all)) this.inc({ outcome }, count);
      },
    });
    const connections = () => this.connections;
    new Gauge({
      name: "countersign_syslog_connections",
      help: "Connections on which proxies send syslog.",
      registers: [registry],
      collect() {
        this.set(connections());
      },
    });
  }

  #count(outcome: "refused" | "lost", lines: number, tell: (all: number) => void): void {
    this.#lines[outcome] += lines;
    this.#untold[outcome] += lines;
    const now = performance.now();
    if (now - this.#toldAt[outcome] < TOLD_EVERY_MS) return;
    this.#toldAt[outcome] = now;
    tell(this.#untold[outcome]);
    this.#untold[outcome] = 0;
  }
}
