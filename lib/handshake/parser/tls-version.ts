import type { Observation } from "#lib/handshake/observation.ts";

const VERSIONS: ReadonlyMap<string, NonNullable<Observation["tls"]>> = new Map([
  ["TLSv1", "1.0"],
  ["TLSv1.0", "1.0"],
  ["TLSv1.1", "1.1"],
  ["TLSv1.2", "1.2"],
  ["TLSv1.3", "1.3"],
]);

/** The version as OpenSSL calls it. Null for any other, and for none. */
export function tlsVersion(text: string | null): Observation["tls"] {
  return VERSIONS.get(text ?? "") ?? null;
}
