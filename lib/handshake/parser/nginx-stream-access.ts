import type { ParsedLine } from "#lib/handshake/observation.ts";
import { addressIn, stampIn } from "./nginx-access.ts";
import { nginxAnswer } from "./nginx-status.ts";
import { observed } from "./observed.ts";

/** `TCP 500 0 0 0.004`, which the documentation of nginx has behind the time, and what a format adds to it. */
const SESSION = /^ (?:TCP|UDP) (\d{3})(?= |$)/;
const VERIFY = /(?:^|[ "=])(SUCCESS|NONE|FAILED:[^"]{0,120})/;
const UPSTREAM = /"([\w.[\]:-]{3,80}:\d{1,5}|unix:[^"]{1,120})"/;

/**
 * Reads a line of a stream's access log as the documentation of nginx has it, there is no default:
 * `$remote_addr [$time_local] $protocol $status …`.
 *
 * @returns null when it is none
 */
export function readNginxStreamAccess(text: string): ParsedLine | null {
  const stamp = stampIn(text);
  if (stamp === null) return null;
  const rest = text.slice(stamp.end, stamp.end + REST_MAX);
  const [session, status] = SESSION.exec(rest) ?? [];
  if (session === undefined) return null;
  const verify = VERIFY.exec(rest)?.[1] ?? null;
  const answer = nginxAnswer({
    status: Number(status),
    request: null,
    verify,
    protocol: null,
    cipher: null,
    bodyLength: null,
  });
  if (answer === null) return { kind: "other" };
  return observed(stamp.time, {
    proxy: "nginx-stream",
    log: "access",
    ...answer,
    peer: answer.direction === "upstream" ? null : addressIn(text.slice(0, stamp.start)),
    upstream: UPSTREAM.exec(rest)?.[1] ?? null,
    status: Number(status),
    quote: verify?.startsWith("FAILED") ? verify : session.trim(),
  });
}

const REST_MAX = 2_000;
