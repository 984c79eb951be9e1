import { newId } from "#lib/id.ts";
import type { SqlSteps } from "#lib/sql-steps.ts";
import type { Handshake } from "./joining.ts";
import { isAmong, type JsonInsert, type JsonTable, type OtherStatement, type Provider } from "./json-rows.ts";
import type { ObservedLine } from "./parse-lines.ts";

/**
 * The last lines of a proxy may be of handshakes of which further lines come in a moment, in another batch. They are
 * acknowledged with their batch and kept in the database until then, so that none is lost with this process.
 */

/** A line that came, with when, and under which id it is kept already. */
export type ArrivedLine = ObservedLine & { arrivedAt: number; heldId: string | null };

/** A line that is kept. */
export interface HeldLine {
  id: string;
  /** Milliseconds since 1970. */
  arrivedAt: number;
  line: string;
  /** What it says, where this process has read it. */
  observed?: ObservedLine;
}

/** Lines of one handshake stand close together: more are never waited for. */
export const HELD_MAX = 64;

/** The same between two portions that came together: what belongs to their last lines follows at once. */
export const HELD_WITHIN_MAX = 12;

/** No further line comes after so long, as a rule. */
export const QUIET_MS = 500;

/** However many further lines come, nobody waits longer for a diagnosis. */
const HELD_MS = 1_500;

/**
 * Parts handshakes into those of which more lines may come and the others.
 *
 * @param handshakes in the order of their first lines
 * @param now in milliseconds, of the clock by which lines arrived
 * @param heldMax lines that may wait
 */
export function partedHandshakes<Line extends ArrivedLine>(
  handshakes: readonly Handshake<Line>[],
  now: number,
  heldMax: number,
): { waiting: Handshake<Line>[]; settled: Handshake<Line>[] } {
  const waiting = new Set<Handshake<Line>>();
  let room = heldMax;
  for (const handshake of handshakes.toReversed()) {
    if (room === 0) break;
    if (handshake.length > room || !mayGoOn(handshake, now)) continue;
    room -= handshake.length;
    waiting.add(handshake);
  }
  return {
    waiting: handshakes.filter((each) => waiting.has(each)),
    settled: handshakes.filter((each) => !waiting.has(each)),
  };
}

function mayGoOn(handshake: Handshake<ArrivedLine>, now: number): boolean {
  const times = handshake.map(({ arrivedAt }) => arrivedAt);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  // What has no key cannot be joined; what came later than now came before a clock was set back.
  return (
    handshake.some(({ keys }) => keys.length > 0) &&
    last <= now &&
    now - last < QUIET_MS &&
    now - first < HELD_MS
  );
}

const TABLE: JsonTable = {
  name: "HeldLine",
  columns: { id: "text", proxyId: "text", arrivedAt: "time", line: "text" },
};

/** Lines of a proxy that are kept, in the order in which they came. */
export async function readHeldLines(steps: Pick<SqlSteps, "all">, proxyId: string): Promise<HeldLine[]> {
  const rows = await steps.all(
    'SELECT "id", "arrivedAt", "line" FROM "HeldLine" WHERE "proxyId" = ? ORDER BY "id"',
    [proxyId],
  );
  return rows.map(({ id, arrivedAt, line }) => ({
    id: String(id),
    arrivedAt: arrivedAt instanceof Date ? arrivedAt.getTime() : Number(arrivedAt),
    line: String(line),
  }));
}

/** Proxies of which lines are kept. */
export async function proxiesWithHeldLines(steps: Pick<SqlSteps, "all">): Promise<string[]> {
  const rows = await steps.all('SELECT DISTINCT "proxyId" FROM "HeldLine"');
  return rows.map(({ proxyId }) => String(proxyId));
}

/**
 * Takes away those of the lines that were kept which are not to be kept any longer. All of them must be there: else
 * another process has taken them meanwhile.
 *
 * @param taken ids of those that were read
 * @param waiting those that are kept from now on
 */
export function heldLinesGone(
  provider: Provider,
  proxyId: string,
  taken: readonly string[],
  waiting: readonly HeldLine[],
): OtherStatement[] {
  const still = new Set(waiting.map(({ id }) => id));
  const gone = taken.filter((id) => !still.has(id));
  if (gone.length === 0) return [];
  return [
    {
      sql: `DELETE FROM "HeldLine" WHERE "proxyId" = ? AND ${isAmong(provider, '"id"')}`,
      parameters: [proxyId, JSON.stringify(gone)],
      must: gone.length,
    },
  ];
}

/** Those that are kept from now on and were not before. @param taken ids of those that were */
export function heldLineRows(
  proxyId: string,
  taken: readonly string[],
  waiting: readonly HeldLine[],
): JsonInsert {
  const known = new Set(taken);
  const rows = waiting
    .filter(({ id }) => !known.has(id))
    .map(({ id, arrivedAt, line }) => ({ id, arrivedAt, line, proxyId }));
  return { table: TABLE, rows };
}

/**
 * Lines of handshakes as they are kept, in the order in which they came, in which their ids sort too.
 *
 * @param arrived all lines by their place, as they were before they were joined
 */
export function heldLinesOf(
  waiting: readonly Handshake<ArrivedLine & { place: number }>[],
  arrived: readonly ArrivedLine[],
): HeldLine[] {
  const base = newId();
  return waiting
    .flat()
    .sort((a, b) => a.place - b.place)
    .map(({ heldId, arrivedAt, text, place }, index) => ({
      id: heldId ?? `${base}-${String(index).padStart(3, "0")}`,
      arrivedAt,
      line: text,
      ...(arrived[place] === undefined ? {} : { observed: arrived[place] }),
    }));
}
