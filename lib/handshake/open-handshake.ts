import { JOIN_WINDOW_MS, type LineKeys } from "./line-keys.ts";
import type { Observation } from "./observation.ts";

/** A line that says no more than its worker stands beside another of that worker. */
const WORKER_WINDOW_MS = 1_000;
/** Apache needs nine, and OCSP a few more. What has more lines is a connection with many requests. */
const LINES_MAX = 32;

const MINUTE_MS = 60_000;
/** Zones are whole quarters of an hour, up to fourteen hours from UTC. */
const ZONE_STEP_MS = 15 * MINUTE_MS;
const ZONE_MAX_MS = 14 * 60 * MINUTE_MS;

/** A handshake of which further lines may come. */
export class OpenHandshake<Line extends Observation> {
  /** When its first and its last line came, in milliseconds. */
  arrived: number;
  touched: number;
  /** By what it can be found. */
  readonly names: string[] = [];
  /** With their place among all lines. */
  #lines: { line: Line; place: number }[] = [];
  // Short lists: hardly ever more than two.
  readonly #connections: string[] = [];
  readonly #peers: string[] = [];
  /** A request of a client has been found to belong to this connection to an upstream. */
  #asked = false;

  constructor(now: number) {
    this.arrived = now;
    this.touched = now;
  }

  /** In the order in which they came. */
  get lines(): readonly Line[] {
    return this.#lines.map(({ line }) => line);
  }

  get size(): number {
    return this.#lines.length;
  }

  /** The place of its first line. */
  get place(): number {
    return this.#lines[0]?.place ?? 0;
  }

  add(line: Line, { connections, peers, upstreams }: LineKeys, place: number, now: number): void {
    this.#lines.push({ line, place });
    this.touched = now;
    remember(this.#connections, connections);
    remember(this.#peers, peers);
    if (upstreams.length > 0) this.#asked = true;
  }

  /** Whether a line that has a key in common may be of it. */
  mayTake(line: Line, keys: LineKeys): boolean {
    const first = this.#lines[0]?.line;
    return (
      first !== undefined &&
      this.size < LINES_MAX &&
      areNear(first, line, JOIN_WINDOW_MS) &&
      !differ(this.#connections, keys.connections)
    );
  }

  /** The same, of a line that only has the thread in common: that may serve others as well. */
  mayTakeOfThread(line: Line, keys: LineKeys): boolean {
    return this.mayTake(line, keys) && !differ(this.#peers, keys.peers);
  }

  mayTakeOfWorker(line: Line, keys: LineKeys): boolean {
    const last = this.#lines.at(-1)?.line;
    if (last === undefined || !areNear(last, line, WORKER_WINDOW_MS)) return false;
    return (
      this.mayTakeOfThread(line, keys) && (keys.upstreams.length === 0 || this.mayTakeOfUpstream(line, keys))
    );
  }

  /**
   * The same, of a line that names the upstream: it is of the request for which this connection was made, or of the
   * connection itself, which stands before what is said of the request.
   */
  mayTakeOfUpstream(line: Line, keys: LineKeys): boolean {
    if (!this.mayTake(line, keys)) return false;
    if (!this.#asked) return true;
    return keys.peers.length === 0 ? this.#peers.length === 0 : !differ(this.#peers, keys.peers);
  }

  /** Whether two that have a line in common are one. */
  mayAbsorb(other: OpenHandshake<Line>): boolean {
    const [first, others] = [this.#lines[0]?.line, other.#lines[0]?.line];
    return (
      first !== undefined &&
      others !== undefined &&
      this.size + other.size <= LINES_MAX &&
      areNear(first, others, JOIN_WINDOW_MS) &&
      !differ(this.#connections, other.#connections)
    );
  }

  absorb(other: OpenHandshake<Line>): void {
    this.#lines = [...this.#lines, ...other.#lines].sort((a, b) => a.place - b.place);
    this.arrived = Math.min(this.arrived, other.arrived);
    this.#asked ||= other.#asked;
    remember(this.#connections, other.#connections);
    remember(this.#peers, other.#peers);
  }
}

function remember(held: string[], keys: readonly string[]): void {
  for (const key of keys) if (!held.includes(key)) held.push(key);
}

function differ(held: readonly string[], keys: readonly string[]): boolean {
  return held.length > 0 && keys.length > 0 && !keys.some((key) => held.includes(key));
}

/** A log without a zone stands beside one with it, as nginx's and Apache's do: then whole zones do not count. */
function areNear(a: Observation, b: Observation, window: number): boolean {
  if (a.at === null || b.at === null) return true;
  const apart = Math.abs(a.at - b.at);
  if (a.zone === b.zone) return apart <= window;
  const beside = apart % ZONE_STEP_MS;
  return apart <= ZONE_MAX_MS + window && Math.min(beside, ZONE_STEP_MS - beside) <= window;
}
