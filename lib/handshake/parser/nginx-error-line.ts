import { type LogTime, nginxTime } from "./log-time.ts";

/** A line of nginx's error log, taken apart. What it does not have is empty. */
export interface NginxErrorLine {
  time: LogTime | null;
  /** Of the connection; JSON access logs call it `$connection`. */
  connection: string;
  /** What happened: `SSL_do_handshake() failed (SSL: …)`. */
  message: string;
  /** While what: `SSL handshaking to upstream`. */
  doing: string;
  /** Message and doing as they stand there. */
  said: string;
  client: string;
  /** The listener while nothing is known of the request, afterwards the server's name. */
  server: string;
  request: string;
  upstream: string;
  isStream: boolean;
}

const HEAD =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[(?:debug|info|notice|warn|error|crit|alert|emerg)\] \d{1,10}#\d{1,10}: (?:\*(\d{1,20}) )?/;

/**
 * Takes a line of nginx's error log apart. nginx escapes nothing in it, so what stands behind the request may have come
 * with the request; the client and the server stand before it. It cuts lines at 2,048 bytes, so all of the end may be
 * missing.
 *
 * @returns null when it does not begin as one
 */
export function nginxErrorLine(line: string): NginxErrorLine | null {
  const [head, time, connection = ""] = HEAD.exec(line) ?? [];
  if (head === undefined || time === undefined) return null;
  const end = endOfSaid(line, head.length);
  const said = line.slice(head.length, end);
  const tail = line.slice(end);
  const while_ = said.lastIndexOf(WHILE);
  return {
    time: nginxTime(time),
    connection,
    message: while_ < 0 ? said : said.slice(0, while_),
    doing: while_ < 0 ? "" : said.slice(while_ + WHILE.length),
    said,
    client: field(tail, "client: "),
    server: field(tail, ", server: "),
    ...quotedFields(tail),
    isStream: tail.includes(", bytes from/to client:"),
  };
}

const WHILE = " while ";
const TAILS = [", client: ", ", udp client: ", ", responder: "];

function endOfSaid(line: string, start: number): number {
  const ends = TAILS.map((tail) => line.indexOf(tail, start)).filter((at) => at >= 0);
  return ends.length === 0 ? line.length : Math.min(...ends);
}

/** No address or name of a server is longer. */
const FIELD_MAX = 300;

function field(tail: string, name: string): string {
  const at = tail.indexOf(name);
  if (at < 0) return "";
  const value = tail.slice(at + name.length, at + name.length + FIELD_MAX);
  const end = value.indexOf(", ");
  return end < 0 ? value : value.slice(0, end);
}

/** The upstream stands behind the request, and before what else the client sent. */
function quotedFields(tail: string): { request: string; upstream: string } {
  const request = quoted(tail, ', request: "');
  const upstream = quoted(tail.slice(request.end), ', upstream: "');
  return { request: request.value, upstream: upstream.value };
}

/** Up to a quotation mark that another field or nothing follows. */
function quoted(tail: string, name: string): { value: string; end: number } {
  const at = tail.indexOf(name);
  if (at < 0) return { value: "", end: 0 };
  const start = at + name.length;
  const next = tail.indexOf('", ', start);
  const end = next >= 0 ? next : tail.endsWith('"') ? tail.length - 1 : tail.length;
  return { value: tail.slice(start, Math.max(start, end)), end };
}
