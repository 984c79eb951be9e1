import { BoundedMemory } from "#lib/bounded-memory.ts";
import type { Database } from "#lib/database.ts";
import { queryRows } from "#lib/sql-steps.ts";
import type { ProxyFacts } from "./inventory-view.ts";
import type { LoggingProxy } from "./observation.ts";
import { PARSERS } from "./parsers.ts";
import { proxyFacts } from "./proxy-facts.ts";
import { type ServiceBehind, servicesBehind } from "./service-behind.ts";
import { trustedOfBundle } from "./trusted-roots.ts";

/** What has to be known of a proxy that sends its lines. */
export interface KnownLogger {
  id: string;
  /** Null for software whose lines nobody reads. */
  kind: LoggingProxy | null;
  facts: ProxyFacts;
  /** SHA-256 of what it trusts; null when nobody has said, or the bundle was deleted since. */
  trusted: ReadonlySet<string> | null;
  services: readonly ServiceBehind[];
}

/** What others say of a proxy: its services, their certificates, and what is in its bundle. */
type Surroundings = Pick<KnownLogger, "facts" | "trusted" | "services">;

interface Kept {
  until: number;
  surroundings: Promise<Surroundings>;
  size: number;
}

const SOFTWARE: ReadonlySet<string> = new Set(Object.keys(PARSERS));

/** They change rarely, and are asked for with every batch of lines. What was said of the proxy itself counts at once. */
const KEPT_MS = 5_000;

/** In bytes, roughly: a thousand proxies. */
const KEPT_MAX = 32 * 1024 * 1024;

const memories = new WeakMap<Database, BoundedMemory<Kept>>();

/**
 * What is known of a proxy of ours: its software and version, the trust bundle that it loads, its services and the
 * certificates that it shows. Of one that there is not nothing is known.
 *
 * @param now in milliseconds, of a clock that need not be right
 */
export async function loggerOf(database: Database, proxyId: string, now: number): Promise<KnownLogger> {
  const [row = {}] = await queryRows(
    database,
    'SELECT "kind", "bundle", "software", "version" FROM "Proxy" WHERE "id" = ?',
    [proxyId],
  );
  const text = (name: string) => String(row[name] ?? "");
  const [kind, bundle, software] = [text("kind"), text("bundle"), text("software")];
  const version = Number(row.version ?? 0);
  const { facts, ...around } = await surroundingsOf(database, { proxyId, bundle, version }, now);
  return {
    id: proxyId,
    kind: SOFTWARE.has(kind) ? (kind as LoggingProxy) : null,
    facts: { ...facts, version: software === "" ? null : software },
    ...around,
  };
}

interface Asked {
  proxyId: string;
  bundle: string;
  version: number;
}

function surroundingsOf(database: Database, asked: Asked, now: number): Promise<Surroundings> {
  const memory = memories.get(database) ?? new BoundedMemory<Kept>(KEPT_MAX);
  memories.set(database, memory);
  const key = `${asked.proxyId} ${asked.version}`;
  const present = memory.get(key);
  if (present !== undefined && now < present.until && now >= present.until - KEPT_MS)
    return present.surroundings;
  const surroundings = readSurroundings(database, asked, now);
  memory.set(key, { until: now + KEPT_MS, surroundings, size: SIZE });
  surroundings.catch(() => memory.delete(key));
  return surroundings;
}

/** Of the fingerprints of a large bundle, and of what a proxy with some services shows. */
const SIZE = 32 * 1024;

async function readSurroundings(
  database: Database,
  { proxyId, bundle }: Asked,
  now: number,
): Promise<Surroundings> {
  const clock = { now: () => new Date(now) };
  const services = await servicesBehind(database, proxyId);
  const trusted = bundle === "" ? null : await trustedOfBundle({ database, clock }, bundle);
  return {
    services,
    facts: await proxyFacts(database, services, clock.now()),
    // Nobody can load an empty bundle: whoever keeps it has not filled it yet.
    trusted: trusted === null || trusted.size === 0 ? null : trusted,
  };
}
