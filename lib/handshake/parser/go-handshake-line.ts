import type { Observation } from "#lib/handshake/observation.ts";
import { ownEndIn } from "./go-upstream.ts";
import { findingOfGo } from "./go-words.ts";
import { type LogTime, nginxTime } from "./log-time.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";

const BEGINNING = /^(?:http\d?: )?TLS handshake error from /;

/**
 * `http: TLS handshake error from 192.0.2.7:41200: …`, which Go's HTTP server writes in whatever proxy it is.
 *
 * @returns null when it is no such text, or cut off before its reason
 */
export function goHandshakeError(
  text: string,
): Pick<Observation, "keys" | "peer" | "finding" | "serverName" | "listener" | "quote"> | null {
  const at = BEGINNING.exec(text)?.[0].length;
  if (at === undefined) return null;
  const end = text.indexOf(": ", at);
  if (end < 0) return null;
  const peer = socketAddress(text.slice(at, end));
  const said = text.slice(end + 2);
  const quote = said.slice(0, 300);
  return {
    keys: peerKeys(peer),
    peer,
    finding: findingOfGo(said) ?? { kind: "reason", reason: "not-said", words: quote },
    serverName: nameAskedFor(said),
    listener: ownEndIn(said),
    quote,
  };
}

const STAMP = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) /;

/** The same line as Go's own log writes it, or alone, as people paste it. */
export function plainGoLine(text: string): { time: LogTime | null; message: string } | null {
  const [whole = "", stamp = ""] = STAMP.exec(text) ?? [];
  const message = text.slice(whole.length);
  return BEGINNING.test(message) ? { time: nginxTime(stamp), message } : null;
}

const ASKED =
  /(?:no certificate available for|No certificate found for domain:) ['"\\]{1,2}([\w.*-]{1,255})['"\\]/;

/** Without a name of its own, a connection is looked up by the address that it came to. */
function nameAskedFor(said: string): string | null {
  const name = ASKED.exec(said)?.[1];
  return name === undefined || /^[0-9.]+$/.test(name) ? null : name;
}
