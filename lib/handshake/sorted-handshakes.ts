import type { Database } from "#lib/database.ts";
import { log } from "#lib/log.ts";
import { diagnose } from "./diagnose.ts";
import type { FailedHandshake, SucceededHandshake } from "./handshake-batch.ts";
import type { Handshake } from "./joining.ts";
import type { ObservedLine } from "./parse-lines.ts";
import type { KnownLogger } from "./proxy-logger.ts";
import { rememberedInventory } from "./remembered-inventory.ts";
import { sortedHandshake } from "./sorted-handshake.ts";

/** Handshakes of one proxy, with what became of each. */
export interface SortedHandshakes {
  failed: FailedHandshake[];
  succeeded: SucceededHandshake[];
  /** Lines that could not be diagnosed: a fault of ours, by which no others are held up. */
  spoilt: string[];
}

/**
 * Diagnoses handshakes, and tells those that failed from those that went well.
 *
 * @param now in milliseconds
 */
export async function sortedHandshakes(
  database: Database,
  { facts, trusted, services }: KnownLogger,
  handshakes: readonly Handshake<ObservedLine>[],
  now: number,
): Promise<SortedHandshakes> {
  const sorted: SortedHandshakes = { failed: [], succeeded: [], spoilt: [] };
  if (handshakes.length === 0) return sorted;
  const view = await rememberedInventory(database).view(handshakes.flat(), trusted, now);
  for (const handshake of handshakes) {
    try {
      sort(handshake);
    } catch (error) {
      log("handshake").error({ err: error }, "a handshake could not be diagnosed");
      sorted.spoilt.push(...handshake.map(({ text }) => text));
    }
  }
  return sorted;

  function sort(handshake: Handshake<ObservedLine>): void {
    const diagnosis = diagnose(handshake, view, facts, now);
    const { failed, succeeded } = sortedHandshake(
      handshake,
      diagnosis,
      view,
      services,
      facts.serverCertificates,
    );
    if (failed !== undefined) sorted.failed.push(failed);
    if (succeeded !== undefined) sorted.succeeded.push(succeeded);
  }
}
