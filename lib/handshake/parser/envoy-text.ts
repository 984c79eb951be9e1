import { type EnvoyFields, envoyFields, nameOf } from "./envoy-fields.ts";
import { isoTime } from "./log-time.ts";
import { socketAddress } from "./socket-address.ts";

/**
 * Reads a line of a text access log: Envoy's default, Istio's, and those that add something behind. Places say what a
 * value is; what a client chose (path, agent, names of headers) is never taken for anything else.
 *
 * @returns null when it is none, or cut off before its flags
 */
export function fieldsOfText(text: string): EnvoyFields | null {
  const [stamp, request, code, flags, ...rest] = tokensOf(text);
  if (stamp === undefined || request === undefined || flags === undefined) return null;
  if (isoTime(stamp.value) === null || !text.startsWith("[") || !request.isQuoted) return null;
  if (!/^(?:\d{1,3}|-)$/.test(code?.value ?? "") || !/^(?:[A-Za-z,]{2,200}|-)$/.test(flags.value))
    return null;
  const values = new Map([
    ["start_time", stamp.value],
    ["method", /^\S*/.exec(request.value)?.[0] ?? ""],
    ["response_code", code?.value ?? ""],
    ["response_flags", flags.value],
  ]);
  const octets = rest.findIndex(({ value, isQuoted }) => !isQuoted && /^\d{1,19}$/.test(value));
  const details = octets < 0 ? rest : rest.slice(0, octets);
  addDetails(details, values);
  if (octets >= 0) addCounts(rest.slice(octets), values);
  const isRequest = values.get("method") !== "-";
  addEnd(rest, values);
  addNamed(rest, values);
  if (!isRequest) {
    addReason(rest.slice(Math.max(octets, 0)), values);
    if (!isChosen(values)) takeForClients(values);
  }
  return envoyFields(values);
}

/** Whether it went as far as an upstream. */
function isChosen(values: ReadonlyMap<string, string>): boolean {
  return (
    /\bU|Upstream/.test(values.get("response_flags") ?? "") || (values.get("upstream_host") ?? "-") !== "-"
  );
}

/** There is one place for the failure: before a request, and with no upstream chosen, it was the client's handshake. */
function takeForClients(values: Map<string, string>): void {
  const reason = values.get("upstream_transport_failure_reason") ?? "-";
  if (reason === "-" || values.has("downstream_transport_failure_reason")) return;
  values.delete("upstream_transport_failure_reason");
  values.set("downstream_transport_failure_reason", reason);
}

interface Token {
  value: string;
  isQuoted: boolean;
  /** Before the equals sign of `name="value"`. */
  name: string | null;
}

const TOKENS_MAX = 120;

/** Words between blanks; those in quotation marks, brackets, or with a name before. Envoy escapes nothing. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length && tokens.length < TOKENS_MAX; ) {
    if (text[at] === " ") {
      at++;
      continue;
    }
    const name = NAME.exec(text.slice(at, at + 82))?.[0] ?? "";
    const start = at + name.length;
    const isQuoted = text[start] === '"';
    const end = isQuoted ? endOfQuoted(text, start + 1) : endOfWord(text, start);
    const value = isQuoted ? text.slice(start + 1, end - 1) : text.slice(start, end);
    tokens.push({
      value: tokens.length === 0 ? value.replace(/^\[|\]$/g, "") : value,
      isQuoted,
      name: name === "" ? null : nameOf(name.slice(0, -1)),
    });
    at = end + 1;
  }
  return tokens;
}

const NAME = /^[A-Za-z_][\w-]{0,79}=/;

/** The mark before a blank or the end closes: there may be others in a path or an agent. */
function endOfQuoted(text: string, start: number): number {
  const end = text.indexOf('" ', start);
  if (end >= 0) return end + 1;
  return text.endsWith('"') && text.length > start ? text.length : text.length + 1;
}

function endOfWord(text: string, start: number): number {
  const end = text.indexOf(" ", start);
  return end < 0 ? text.length : end;
}

/** Istio's: details, how the connection ended, and the upstream's failure in quotation marks, before any number. */
function addDetails(tokens: readonly Token[], values: Map<string, string>): void {
  const reason = tokens.findLast(({ isQuoted }) => isQuoted);
  if (reason !== undefined) values.set("upstream_transport_failure_reason", reason.value);
  const [details, ...termination] = tokens.filter(({ isQuoted, name }) => !isQuoted && name === null);
  if (details !== undefined) values.set("response_code_details", details.value);
  if (termination.length > 0)
    values.set("connection_termination_details", termination.map(({ value }) => value).join(" "));
}

function addCounts([received, sent]: readonly Token[], values: Map<string, string>): void {
  values.set("bytes_received", received?.value ?? "");
  values.set("bytes_sent", sent?.value ?? "");
}

/**
 * Istio ends with the cluster, its own address to the upstream, the address that the client came to, the client's, the
 * name that it asked for, and the route; before them, in quotation marks, the upstream. Envoy ends with the upstream.
 */
function addEnd(tokens: readonly Token[], values: Map<string, string>): void {
  const plain = tokens.map(({ value, isQuoted }) =>
    isQuoted || socketAddress(value)?.port == null ? null : value,
  );
  const local = plain.findLastIndex((each, index) => each !== null && plain[index + 1] != null);
  if (local < 0) {
    const last = tokens.at(-1);
    if (last?.isQuoted && last.name === null && socketAddress(last.value)?.port != null)
      values.set("upstream_host", last.value);
    return;
  }
  values.set("downstream_local_address", tokens[local]?.value ?? "");
  values.set("downstream_remote_address", tokens[local + 1]?.value ?? "");
  values.set("requested_server_name", tokens[local + 2]?.value ?? "");
  values.set("upstream_cluster", tokens[local - 2]?.value ?? "");
  values.set("upstream_host", tokens[local - 3]?.value ?? "");
}

/** What is written by name, as `name=value`. One that comes twice may have come with a client's words. */
function addNamed(tokens: readonly Token[], values: Map<string, string>): void {
  const counts = new Map<string, number>();
  for (const { name } of tokens) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { name, value } of tokens)
    if (name !== null && counts.get(name) === 1 && !values.has(name)) values.set(name, value);
}

/** Where there was no request there are no words of a client, and a failure may stand anywhere. */
function addReason(tokens: readonly Token[], values: Map<string, string>): void {
  const reason = tokens.find(({ value }) => /^TLS[_ ]error:/.test(value));
  if (reason !== undefined && !values.has("downstream_transport_failure_reason"))
    values.set("downstream_transport_failure_reason", reason.value);
}
