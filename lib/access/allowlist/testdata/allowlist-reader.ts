import type { AllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import type { Candidate } from "#lib/access/allowlist/candidate.ts";
import { clearPath, isBelow } from "#lib/access/decide/request-path.ts";

/** What a request is, as far as a proxy with a file may look at it. */
export interface ReadRequest {
  candidate: Candidate;
  method: string | null;
  path: string | null;
  /** Milliseconds since 1970. */
  now: number;
}

/** Whom a file lets in: the id and name of the client as the proxy passes them on, null for nobody. */
export type AllowlistReader = (request: ReadRequest) => { id: string; name: string | null } | null;

/** Reads a file as its proxy does, by that proxy's own rules for the file and for what it looks up. */
export function readAllowlist(format: AllowlistFormat, text: string): AllowlistReader {
  switch (format) {
    case "nginx":
      // Words end at white space or a semicolon; # begins a comment; quotes hold a word together.
      return byKey(statements(text), ({ candidate }) => candidate.sha1);
    case "haproxy":
      return byKey(
        lines(text).map((line) => splitOnce(line.trim())),
        ({ candidate }) => candidate.certificate.sha256.toUpperCase(),
      );
    case "apache":
      return byKey(
        lines(text).map((line) => {
          if (line.length > 1_024) throw new Error("mod_rewrite cuts this line");
          return splitOnce(line);
        }),
        ({ candidate }) => candidate.pemSha1,
      );
    case "caddy":
      return byKey(
        lines(text).map((line) => {
          const [, key = "", value = ""] = /^(\S+) "((?:[^"\\]|\\.)*)"$/.exec(line) ?? [];
          if (key.startsWith("~") || /[{}]/.test(value)) throw new Error("Caddy reads this otherwise");
          return [key, value];
        }),
        ({ candidate }) => candidate.certificate.sha256,
      );
    case "envoy":
      return envoyReader(text);
    case "json":
      return jsonReader(text);
  }
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

function splitOnce(line: string): [string, string] {
  const [key = ""] = line.split(/\s/, 1);
  return [key, line.slice(key.length).trim()];
}

function statements(text: string): [string, string][] {
  return lines(text).map((line) => {
    const [, key = "", value = ""] = /^([^\s"';{}]+) "((?:[^"\\$]|\\.)*)";$/.exec(line) ?? [];
    if (key === "") throw new Error(`nginx does not read this: ${line}`);
    return [key, value];
  });
}

function byKey(entries: [string, string][], keyOf: (request: ReadRequest) => string): AllowlistReader {
  const map = new Map(entries);
  return (request) => {
    const value = map.get(keyOf(request));
    if (value === undefined) return null;
    const slash = value.indexOf("/");
    return { id: value.slice(0, slash), name: decodeURIComponent(value.slice(slash + 1)) };
  };
}

/** Whoever is in the list gets through the handshake; with an empty list everybody does. */
function envoyReader(text: string): AllowlistReader {
  const hashes = new Set(lines(text).flatMap((line) => /^ {4}- "([0-9a-f]+)"$/.exec(line)?.[1] ?? []));
  return ({ candidate }) =>
    hashes.size === 0 || hashes.has(candidate.certificate.sha256) ? { id: "", name: null } : null;
}

interface JsonAllowlist {
  entries: {
    sha256: string;
    client: string;
    name: string;
    notBefore: string;
    notAfter: string;
    limits: { paths: string[]; methods: string[] }[] | null;
  }[];
}

function jsonReader(text: string): AllowlistReader {
  const { entries } = JSON.parse(text) as JsonAllowlist;
  const map = new Map(entries.map((entry) => [entry.sha256, entry]));
  return ({ candidate, method, path, now }) => {
    const entry = map.get(candidate.certificate.sha256);
    if (entry === undefined) return null;
    if (now < Date.parse(entry.notBefore) || now >= Date.parse(entry.notAfter) + 1_000) return null;
    const clear = path === null ? null : clearPath(path);
    const isAllowed =
      entry.limits === null ||
      entry.limits.some(
        ({ paths, methods }) =>
          (paths.length === 0 || (clear !== null && paths.some((prefix) => isBelow(clear, prefix)))) &&
          (methods.length === 0 || (method !== null && methods.includes(method))),
      );
    return isAllowed ? { id: entry.client, name: entry.name } : null;
  };
}
