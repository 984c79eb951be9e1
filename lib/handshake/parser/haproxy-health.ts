import type { Finding, ParsedLine } from "#lib/handshake/observation.ts";
import { findingOfMessage } from "./haproxy-finding.ts";
import type { LogTime } from "./log-time.ts";
import { observed } from "./observed.ts";

const CHECKED =
  /(?:^|: |\] )(?:Server|Health check for server) (\S{1,255}) (?:is DOWN|failed), reason: (Layer6[a-z ]{1,40})/;
const INFO = /, info: "([^"]{1,300})"/;

/**
 * `Server be/s1 is DOWN, reason: Layer6 invalid response, info: "SSL handshake failure"`: nobody was refused yet, but
 * the next who comes will be.
 */
export function healthCheck(text: string, time: LogTime | null): ParsedLine | null {
  const start = text.slice(0, 1_200);
  const match = CHECKED.exec(start);
  if (match === null) return null;
  const [, server = "", layer = ""] = match;
  const info = INFO.exec(start.slice(match.index))?.[1] ?? "";
  const timedOut: Finding = { kind: "reason", reason: "timed-out", words: layer };
  return observed(time, {
    proxy: "haproxy",
    log: "error",
    direction: "upstream",
    outcome: "refused",
    finding: layer.startsWith("Layer6 timeout") ? timedOut : findingOfMessage(info),
    upstream: server,
    quote: start
      .slice(match.index)
      .replace(/^[:\]] /, "")
      .slice(0, 300),
  });
}
