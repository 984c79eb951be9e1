import type { LineContext, ParsedLine } from "#lib/handshake/observation.ts";
import { bareLine } from "./line-prefix.ts";
import { readNginxAccess } from "./nginx-access.ts";
import { readNginxError } from "./nginx-error.ts";
import { readNginxJson } from "./nginx-json.ts";
import { readNginxStreamAccess } from "./nginx-stream-access.ts";

/**
 * Reads a line of any log of nginx, also when it came by syslog or out of a container.
 *
 * @param proxy what it is taken for when the line does not tell
 */
export function readNginxLine(
  line: string,
  { receivedAt }: LineContext,
  proxy: "nginx" | "nginx-stream",
): ParsedLine {
  const direct = ofNginx(line, proxy);
  if (direct !== null) return direct;
  const { text } = bareLine(line, receivedAt);
  return (text === line ? null : ofNginx(text, proxy)) ?? { kind: "not-understood" };
}

function ofNginx(text: string, proxy: "nginx" | "nginx-stream"): ParsedLine | null {
  if (text.startsWith("{")) return readNginxJson(text, proxy);
  return readNginxError(text, proxy) ?? readNginxAccess(text) ?? readNginxStreamAccess(text);
}
