import type { Observation } from "./observation.ts";

/** Lines of one connection that are further apart are of two handshakes, or of none. */
export const JOIN_WINDOW_MS = 5_000;

/** The keys of a line, by what they are of; each list is of the first word. */
export interface LineKeys {
  connections: string[];
  peers: string[];
  upstreams: string[];
  threads: string[];
  workers: string[];
}

/** No line has more; one that has is not looked up by all of them. */
const KEYS_MAX = 8;

export function keysOf({ keys: said }: Observation): LineKeys {
  const keys: LineKeys = { connections: [], peers: [], upstreams: [], threads: [], workers: [] };
  for (const key of said.length > KEYS_MAX ? said.slice(0, KEYS_MAX) : said) {
    if (key.startsWith("connection ")) keys.connections.push(key);
    else if (key.startsWith("peer ")) keys.peers.push(key);
    else if (key.startsWith("upstream ")) keys.upstreams.push(key);
    else if (key.startsWith("thread ")) keys.threads.push(key);
    else if (key.startsWith("worker ")) keys.workers.push(key);
  }
  return keys;
}

/** What a handshake is looked up by, and what it is found by later: keys within one proxy. */
export interface LineNames {
  connections: readonly string[];
  /** The connection of a worker to an upstream that the line names. */
  upstreams: readonly string[];
  peers: readonly string[];
  threads: readonly string[];
  workers: readonly string[];
}

export function namesOf(keys: LineKeys, scope: string): LineNames {
  const { connections, peers, upstreams, threads, workers } = keys;
  return {
    connections: named(connections, scope),
    upstreams: inWorkers(upstreams, workers, scope),
    // Many connections to one upstream have the same peer: that of the same worker comes first.
    peers: [...inWorkers(peers, workers, scope), ...named(peers, scope)],
    threads: named(threads, scope),
    workers: named(workers, scope),
  };
}

function named(keys: readonly string[], scope: string): string[] {
  return keys.length === 0 ? NONE : keys.map((key) => scope + key);
}

const NONE: string[] = [];

function inWorkers(keys: readonly string[], workers: readonly string[], scope: string): string[] {
  if (keys.length === 0 || workers.length === 0) return NONE;
  return workers.flatMap((worker) =>
    keys.map((key) => `${scope}${key.slice(key.indexOf(" "))} in ${worker}`),
  );
}
