import type { LineParser } from "#lib/handshake/observation.ts";
import { readNginxLine } from "./nginx-line.ts";

/** Lines of nginx for streams; what plainly is of HTTP is read as that, because both may write to one log. */
export const parseNginxStream: LineParser = (line, context) => readNginxLine(line, context, "nginx-stream");
