import { type JsonObject, objectIn } from "./parser/json-line.ts";

/**
 * Where shippers put the line: Vector, Filebeat and Logstash in `message`, Fluent Bit and Docker in `log`, the journal
 * in `MESSAGE`.
 */
const PLACES = ["log", "message", "MESSAGE", "line"] as const;

/** What shippers write beside a line, and no proxy. */
const SHIPPERS = ["timestamp", "@timestamp", "date", "source_type", "file", "host", "stream", "kubernetes"];

/** Docker's own wrapping inside that of a shipper, and no more. */
const WRAPPINGS_MAX = 2;

/**
 * The line that an event of a shipper carries. An object that a proxy wrote itself (Caddy, Traefik, Envoy, nginx with
 * a format of JSON) is the line; so is one of which a shipper has made an object.
 *
 * @param written the event as it came, where it came as text of its own
 */
export function lineOfEvent(event: unknown, written?: string): string {
  let value = event;
  let text = written;
  for (let wrapping = 0; wrapping < WRAPPINGS_MAX; wrapping++) {
    const carried = carriedBy(objectIn(value));
    if (carried === null) break;
    text = carried;
    value = jsonOf(carried);
    if (value === undefined) break;
  }
  return text ?? (typeof event === "string" ? event : JSON.stringify(event));
}

function carriedBy(event: JsonObject | null): string | null {
  if (event === null) return null;
  for (const place of PLACES) {
    const carried = event[place];
    if (typeof carried === "string") return isOfProxy(event) ? null : carried;
  }
  return null;
}

/** Traefik writes objects with a `message` itself. */
function isOfProxy(event: JsonObject): boolean {
  return (
    event.level !== undefined &&
    (event.time !== undefined || event.ts !== undefined) &&
    SHIPPERS.every((key) => event[key] === undefined)
  );
}

/** Undefined when it is no object of JSON. */
function jsonOf(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
