import type { LineParser } from "#lib/handshake/observation.ts";
import { readNginxLine } from "./nginx-line.ts";

/** Lines of nginx: error log of any level, access log in the default format or in JSON. */
export const parseNginx: LineParser = (line, context) => readNginxLine(line, context, "nginx");
