import type { LineCounts } from "./handshake-batch.ts";
import { type ArrivedLine, HELD_MAX, type HeldLine, heldLinesOf, partedHandshakes } from "./held-lines.ts";
import { type Handshake, joined } from "./joining.ts";
import type { LoggingProxy } from "./observation.ts";
import { NOT_UNDERSTOOD_KEPT, type ObservedLine, parseLines } from "./parse-lines.ts";

/** Some lines of a proxy, parsed, joined and parted, before anything is known of them. */
export interface Portion {
  handshakes: Handshake<ObservedLine>[];
  /** To be kept for the next portion. */
  waiting: HeldLine[];
  /** Of the new lines. */
  counts: LineCounts;
  notUnderstood: readonly string[];
  misfit: LoggingProxy | null;
}

/**
 * Parses lines behind those that are kept, and joins them all to handshakes.
 *
 * @param held those that are kept, in the order in which they came
 * @param lines that came now; none when nothing came for a while
 * @param kind software of the proxy; null when it is none whose lines are read
 * @param now in milliseconds
 * @param heldMax lines that may wait for further ones
 */
export async function portionOf(
  held: readonly HeldLine[],
  lines: readonly string[],
  kind: LoggingProxy | null,
  now: number,
  heldMax = HELD_MAX,
): Promise<Portion> {
  const arrived: (ArrivedLine & { place: number })[] = [];
  for (const { id, arrivedAt, line, observed: known } of held) {
    const read = known === undefined ? (await parseLines([line], kind, arrivedAt)).observed : [known];
    for (const each of read) arrived.push({ ...each, arrivedAt, heldId: id, place: arrived.length });
  }
  const { observed, ...rest } = await parseLines(lines, kind, now);
  for (const each of observed) {
    arrived.push({ ...each, arrivedAt: now, heldId: null, place: arrived.length });
  }
  const { waiting, settled } = partedHandshakes(joined(arrived), now, heldMax);
  return { handshakes: settled, waiting: heldLinesOf(waiting, arrived), ...rest };
}

/** Lines of which nothing is made. @param kept what becomes of the lines that were kept before them */
export function unreadPortion(
  lines: readonly string[],
  kept: Pick<Portion, "handshakes" | "waiting"> = { handshakes: [], waiting: [] },
): Portion {
  const { length } = lines;
  const { handshakes, waiting } = kept;
  return {
    ...{ handshakes, waiting, notUnderstood: lines.slice(0, NOT_UNDERSTOOD_KEPT), misfit: null },
    counts: { taken: length, matched: 0, ignored: 0, notUnderstood: length },
  };
}
