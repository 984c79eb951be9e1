import { type JsonObject, objectIn, textIn } from "./json-line.ts";

/** What a line of an access log says, by the names of Envoy's operators: `downstream_peer_subject`. */
export interface EnvoyFields {
  /** Null when it is empty, absent or `-`. The first of several names that has something. */
  get(...names: string[]): string | null;
  /** Whether the format has it at all. */
  has(name: string): boolean;
  names(): Iterable<string>;
}

export function envoyFields(values: ReadonlyMap<string, string>): EnvoyFields {
  return {
    get: (...names) => names.map((name) => textIn(values.get(name))).find((value) => value !== null) ?? null,
    has: (name) => values.has(name),
    names: () => values.keys(),
  };
}

/** Formats nest objects two or three deep, when they do. */
const DEPTH_MAX = 4;

/**
 * The values of a JSON format. Its keys are the operator's choice: most take the names of Envoy's operators, in
 * whatever case. What stands first holds.
 */
export function fieldsOfJson(fields: JsonObject): EnvoyFields {
  const values = new Map<string, string>();
  const add = (object: JsonObject, depth: number) => {
    for (const [key, value] of Object.entries(object)) {
      const nested = depth < DEPTH_MAX ? objectIn(value) : null;
      if (nested !== null) add(nested, depth + 1);
      const name = nameOf(key);
      const isPlain = typeof value === "string" || typeof value === "number";
      if (isPlain && !values.has(name)) values.set(name, `${value}`);
    }
  };
  add(fields, 0);
  return envoyFields(values);
}

const KEY_MAX = 80;

/** `DOWNSTREAM_TLS_VERSION`, `downstreamTlsVersion`, `downstream-tls-version` and `:authority` are all written. */
export function nameOf(key: string): string {
  return key
    .slice(0, KEY_MAX)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_/, "");
}
