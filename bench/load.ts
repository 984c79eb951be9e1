import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./scratch-folder.ts";

/** What a load of requests came to. */
export interface Load {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * Loads a server with wrk: one thread, 32 connections, each with one request under way.
 *
 * @param bodies sent in turn
 * @throws Error when an answer was not 2xx: a fast refusal is no result
 */
export function load(
  url: string,
  seconds: number,
  headers: Record<string, string>,
  bodies: readonly (string | Uint8Array)[],
): Load {
  return run(
    url,
    seconds,
    bodies.map((body) => `wrk.format("POST", nil, ${luaTable(headers)}, ${luaString(body)})`),
  );
}

/** A question with headers of its own. */
export interface Question {
  path: string;
  headers: Record<string, string>;
}

/** The same with questions, sent in turn. @param url of the server */
export function ask(url: string, seconds: number, questions: readonly Question[]): Load {
  return run(
    url,
    seconds,
    questions.map(({ path, headers }) => `wrk.format("GET", "${path}", ${luaTable(headers)})`),
  );
}

/** @param sent expressions of Lua, made once by each thread */
function run(url: string, seconds: number, sent: readonly string[]): Load {
  const script = join(scratch, "load.lua");
  writeFileSync(
    script,
    `local requests = {}
init = function()
  ${sent.map((request) => `table.insert(requests, ${request})`).join("\n  ")}
end
local n = 0
request = function()
  n = n % #requests + 1
  return requests[n]
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status + errors.connect + errors.read + errors.timeout))
end
`,
  );
  const output = execFileSync(
    "wrk",
    ["-t1", "-c32", "--timeout", "15s", `-d${seconds}s`, "-s", script, url],
    {
      encoding: "utf8",
    },
  );
  const [requests, microseconds, p50, p99, errors] = (/RESULT (.*)/.exec(output)?.[1] ?? "")
    .split(" ")
    .map(Number);
  if (errors !== 0) throw new Error(`${errors} of ${requests} requests to ${url} failed:\n${output}`);
  return {
    requests: Number(requests),
    perSecond: (Number(requests) / Number(microseconds)) * 1e6,
    p50Ms: Number(p50) / 1000,
    p99Ms: Number(p99) / 1000,
  };
}

function luaTable(headers: Record<string, string>): string {
  return `{ ${Object.entries(headers)
    .map(([name, value]) => `["${name}"] = "${value}"`)
    .join(", ")} }`;
}

/** Octets as a string of Lua. */
function luaString(body: string | Uint8Array): string {
  return `"${[...Buffer.from(body)].map((octet) => `\\${String(octet).padStart(3, "0")}`).join("")}"`;
}

/** The middle one of several runs by rate. */
export function median(runs: readonly Load[]): Load {
  const sorted = [...runs].sort((a, b) => a.perSecond - b.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no runs");
  return middle;
}
