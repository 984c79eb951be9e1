import type { LoggingProxy, ParsedLine } from "./observation.ts";
import { bareLine } from "./parser/line-prefix.ts";
import { PARSERS } from "./parsers.ts";

/**
 * Whose format a line has, the most likely first; none when it is nobody's. Access logs of nginx and Apache are the
 * same by default, and those of other programs may look like them.
 */
export function recognise(line: string): LoggingProxy[] {
  return readings(line).map(({ proxy }) => proxy);
}

interface Reading {
  proxy: LoggingProxy;
  /** Whether it says something of a handshake. */
  isTelling: boolean;
}

/** The more of a line a format demands, the earlier it stands. */
const STRICTEST_FIRST: readonly LoggingProxy[] = [
  "stunnel",
  "haproxy",
  "caddy",
  "envoy",
  "traefik",
  "nginx",
  "nginx-stream",
  "apache",
];

/** Only a year would depend on it, and that is not looked at. */
const CONTEXT = { receivedAt: 0 };

function readings(line: string): Reading[] {
  const program = PROGRAMS.get(bareLine(line, CONTEXT.receivedAt).program?.toLowerCase() ?? "");
  const found = STRICTEST_FIRST.flatMap((proxy, place) => {
    const parsed = PARSERS[proxy](line, CONTEXT);
    return parsed.kind === "not-understood" ? [] : [{ proxy, place, rank: rankOf(parsed, proxy, program) }];
  });
  return found
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
    .map(({ proxy, rank }) => ({ proxy, isTelling: rank >= TELLING }));
}

const TELLING = 2;

/** Who wrote it according to syslog comes first, then who can tell something of it, then who at least knows it. */
function rankOf(
  parsed: ParsedLine,
  proxy: LoggingProxy,
  program: readonly LoggingProxy[] | undefined,
): number {
  const isProgram = program?.includes(proxy) === true ? 4 : 0;
  if (parsed.kind !== "observation") return isProgram;
  // nginx for HTTP and nginx for streams each read the other's lines, and say whose it was.
  return isProgram + TELLING + (parsed.observation.proxy === proxy ? 1 : 0);
}

const PROGRAMS: ReadonlyMap<string, readonly LoggingProxy[]> = new Map<string, readonly LoggingProxy[]>([
  ["nginx", ["nginx", "nginx-stream"]],
  ["haproxy", ["haproxy"]],
  ["apache2", ["apache"]],
  ["httpd", ["apache"]],
  ["apache", ["apache"]],
  ["caddy", ["caddy"]],
  ["traefik", ["traefik"]],
  ["envoy", ["envoy"]],
  ["istio-proxy", ["envoy"]],
  ["stunnel", ["stunnel"]],
  ["stunnel4", ["stunnel"]],
]);

/** So many times as often as the chosen one the other has to fit. */
const CLEARLY = 10;

/**
 * Whose lines these clearly are, when they are not those of the proxy that somebody chose.
 *
 * @param lines a sample; what no proxy writes does not count, and neither does what both do
 * @returns null when the choice fits, or nothing fits better
 */
export function misfit(lines: readonly string[], chosen: LoggingProxy): LoggingProxy | null {
  const reads = (proxy: LoggingProxy) => (line: string) =>
    PARSERS[proxy](line, CONTEXT).kind !== "not-understood";
  const { own = [], others = [] } = Object.groupBy(lines, (line) => (reads(chosen)(line) ? "own" : "others"));
  const firsts = others.map((line) => readings(line)[0]).filter((first) => first?.isTelling === true);
  const counts = STRICTEST_FIRST.map((proxy) => ({
    proxy,
    theirs: firsts.filter((first) => first?.proxy === proxy).length,
  }));
  const [best] = counts.sort((a, b) => b.theirs - a.theirs);
  if (best === undefined || best.theirs === 0) return null;
  const chosens = own.filter((line) => !reads(best.proxy)(line)).length;
  return best.theirs >= chosens * CLEARLY ? best.proxy : null;
}
