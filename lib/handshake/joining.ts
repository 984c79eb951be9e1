import { JOIN_WINDOW_MS, keysOf, type LineKeys, type LineNames, namesOf } from "./line-keys.ts";
import type { Observation } from "./observation.ts";
import { OpenHandshake } from "./open-handshake.ts";

/** Lines of one handshake, in the order in which they came. */
export type Handshake<Line extends Observation> = readonly Line[];

/**
 * Joins the lines of one proxy to handshakes: those that share a connection, its port, or the thread that wrote them,
 * within five seconds. In the order of their first lines.
 */
export function joined<Line extends Observation>(lines: readonly Line[]): Handshake<Line>[] {
  return Joining.batch(lines);
}

/** How a stream of lines is joined. */
export interface JoiningLimits {
  /** A handshake is over when no line of it has come for so long. */
  quietMs?: number;
  /** Lines that are held; beyond, what has been quiet for longest is let go. */
  linesMax?: number;
}

/**
 * Joins lines as they come. Which belong together is told from the times in them; when a handshake is over, from when
 * they came, since the clock of a proxy may be wrong by any amount.
 */
export class Joining<Line extends Observation> {
  readonly #quietMs: number;
  readonly #linesMax: number;
  /** The longest quiet first. */
  readonly #open = new Set<OpenHandshake<Line>>();
  /** The latest handshake of each name. */
  readonly #byName = new Map<string, OpenHandshake<Line>>();
  #held = 0;
  #taken = 0;

  constructor({ quietMs = 1_000, linesMax = 20_000 }: JoiningLimits = {}) {
    this.#quietMs = quietMs;
    this.#linesMax = linesMax;
  }

  static batch<Line extends Observation>(lines: readonly Line[]): Handshake<Line>[] {
    const joining = new Joining<Line>({ linesMax: Number.POSITIVE_INFINITY });
    const alone = lines.flatMap((line, place) =>
      joining.take(line, "", 0).map((handshake) => ({ handshake, place })),
    );
    const others = [...joining.#open].map(({ lines: of, place }) => ({ handshake: settled(of), place }));
    return [...alone, ...others].sort((a, b) => a.place - b.place).map(({ handshake }) => handshake);
  }

  /**
   * @param instance the proxy it is of: keys of different ones have nothing in common
   * @param now when it came, in milliseconds
   * @returns a line that can belong to no other, at once; and handshakes that had to be let go
   */
  take(line: Line, instance: string, now: number): Handshake<Line>[] {
    const keys = keysOf(line);
    const names = namesOf(keys, `${instance}\n${line.proxy}\n`);
    const place = this.#taken++;
    if (ALL.every((kind) => names[kind].length === 0)) return [[line]];
    const [found = new OpenHandshake<Line>(now), ...others] = this.#candidates(line, keys, names, now);
    for (const other of others) if (found.mayAbsorb(other)) this.#absorb(found, other);
    found.add(line, keys, place, now);
    for (const kind of ALL) this.#name(found, names[kind]);
    this.#open.delete(found);
    this.#open.add(found);
    this.#held++;
    return this.#held > this.#linesMax ? this.#letGo(() => this.#held > this.#linesMax) : [];
  }

  /** Handshakes of which no line has come for a while. */
  over(now: number): Handshake<Line>[] {
    // A clock that was set back would otherwise hold them for as long as that.
    return this.#letGo(({ touched }) => touched + this.#quietMs <= now || touched > now);
  }

  /** All that are held, when no more lines will come. */
  rest(): Handshake<Line>[] {
    return this.#letGo(() => true);
  }

  #letGo(isDue: (handshake: OpenHandshake<Line>) => boolean): Handshake<Line>[] {
    const gone: Handshake<Line>[] = [];
    for (const handshake of this.#open) {
      if (!isDue(handshake)) break;
      this.#open.delete(handshake);
      for (const name of handshake.names) if (this.#byName.get(name) === handshake) this.#byName.delete(name);
      this.#held -= handshake.size;
      gone.push(settled(handshake.lines));
    }
    return gone;
  }

  /** By what tells most first. */
  #candidates(line: Line, keys: LineKeys, names: LineNames, now: number): OpenHandshake<Line>[] {
    const found: OpenHandshake<Line>[] = [];
    const look = (from: readonly string[], fits: (handshake: OpenHandshake<Line>) => boolean) => {
      for (const name of from) {
        const handshake = this.#byName.get(name);
        // One that goes on for longer is no handshake, whatever the times in its lines are.
        if (handshake === undefined || now - handshake.arrived > JOIN_WINDOW_MS) continue;
        if (!found.includes(handshake) && fits(handshake)) found.push(handshake);
      }
    };
    look(names.connections, (each) => each.mayTake(line, keys));
    look(names.upstreams, (each) => each.mayTakeOfUpstream(line, keys));
    look(names.peers, (each) => each.mayTake(line, keys));
    look(names.threads, (each) => each.mayTakeOfThread(line, keys));
    look(names.workers, (each) => each.mayTakeOfWorker(line, keys));
    return found;
  }

  #absorb(handshake: OpenHandshake<Line>, other: OpenHandshake<Line>): void {
    handshake.absorb(other);
    this.#open.delete(other);
    this.#name(
      handshake,
      other.names.filter((name) => this.#byName.get(name) === other),
    );
  }

  #name(handshake: OpenHandshake<Line>, names: readonly string[]): void {
    for (const name of names) {
      if (this.#byName.get(name) === handshake) continue;
      this.#byName.set(name, handshake);
      handshake.names.push(name);
    }
  }
}

const ALL = ["connections", "upstreams", "peers", "threads", "workers"] as const;

/**
 * A handshake in which lines that could be of either direction are of the one that another line says. Their peer is
 * the upstream then.
 */
function settled<Line extends Observation>(lines: Handshake<Line>): Handshake<Line> {
  const isUpstream = lines.some(
    ({ direction, directionAssumed }) => direction === "upstream" && directionAssumed !== true,
  );
  if (!isUpstream) return lines;
  return lines.map((line) => (line.directionAssumed === true ? ofUpstream(line) : line));
}

function ofUpstream<Line extends Observation>(line: Line): Line {
  const { peer } = line;
  const upstream = line.upstream ?? (peer === null ? null : `${peer.address}:${peer.port}`);
  return { ...line, direction: "upstream", upstream, peer: null };
}
