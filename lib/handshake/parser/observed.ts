import type { Observation, ParsedLine } from "#lib/handshake/observation.ts";
import type { LogTime } from "./log-time.ts";

const NOTHING_SAID = {
  keys: [],
  peer: null,
  finding: null,
  certificate: null,
  serverName: null,
  listener: null,
  upstream: null,
  tls: null,
  status: null,
  quote: "",
} as const;

type Said = Pick<Observation, "proxy" | "log" | "direction" | "outcome"> & Partial<Observation>;

/** An observation of what a line says; what is left out is not said. */
export function observed(time: LogTime | null, said: Said): ParsedLine {
  const { at = null, zone = "assumed" } = time ?? {};
  return { kind: "observation", observation: { ...NOTHING_SAID, at, zone, ...said } };
}
