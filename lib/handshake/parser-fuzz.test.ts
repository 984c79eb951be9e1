import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine } from "#e2e/fixtures/mutated-line.ts";
import { LONG_TEXT_BYTES, MUTATED_LINES, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import { DomainError } from "#lib/errors.ts";
import { comparableName } from "./comparable-name.ts";
import { diagnose } from "./diagnose.ts";
import { inventoryOf } from "./inventory-in-memory.ts";
import { UNKNOWN_PROXY } from "./inventory-view.ts";
import { joined } from "./joining.ts";
import type { LoggingProxy, Observation } from "./observation.ts";
import { PARSERS } from "./parsers.ts";
import { readLines } from "./read-lines.ts";
import { recognise } from "./recognise.ts";
import { SyslogFraming } from "./syslog-framing.ts";
import { syslogLine } from "./syslog-line.ts";
import { corpusRows } from "./testdata/corpus.ts";
import { SAMPLE_LINES } from "./testdata/sample-lines.ts";
import { WORLD } from "./testdata/small-world.ts";

const PROXIES = Object.keys(PARSERS) as LoggingProxy[];
const CONTEXT = { receivedAt: Date.parse("2027-04-09T08:00:00Z") };
const ours = PROXIES.flatMap((proxy) => SAMPLE_LINES[proxy]);

test("the sample lines are understood, each by the parser of its proxy", () => {
  for (const proxy of PROXIES) {
    for (const line of SAMPLE_LINES[proxy]) {
      expect([line, PARSERS[proxy](line, CONTEXT).kind]).toEqual([line, "observation"]);
    }
  }
});

test("no line is too much for any parser, and what they make of it for a diagnosis", () => {
  const samples = [...ours, ...corpusRows().flatMap(({ lines }) => lines)];
  const inventory = inventoryOf(WORLD, []);
  fc.assert(
    fc.property(mutatedLine(samples), (line) => {
      const observed: Observation[] = [];
      for (const proxy of PROXIES) {
        const parsed = PARSERS[proxy](line, CONTEXT);
        if (parsed.kind === "observation") observed.push(sound(parsed.observation, line));
      }
      for (const handshake of joined(observed)) {
        const { candidates, evidence } = diagnose(handshake, inventory, UNKNOWN_PROXY);
        if (candidates.length < 1 || candidates.length > 3) throw new Error(candidates.join());
        if (evidence.length > 12) throw new Error(JSON.stringify(evidence));
      }
      if (recognise(line).length > PROXIES.length) throw new Error("more than there are");
      syslogLine(line, CONTEXT);
    }),
    { seed: SEED, numRuns: MUTATED_LINES },
  );
});

/** Bounds that whoever stores or shows an observation relies on. */
function sound(observation: Observation, line: string): Observation {
  const { at, keys, quote, certificate, peer } = observation;
  if (at !== null && !Number.isSafeInteger(Math.trunc(at))) throw new Error(`at ${at}`);
  if (quote.length > 300) throw new Error(`a quote of ${quote.length}`);
  if (keys.length > 6) throw new Error(keys.join());
  if (peer?.port != null && !(peer.port >= 0 && peer.port < 65_536)) throw new Error(`port ${peer.port}`);
  const texts = [peer?.address, observation.upstream, observation.serverName, certificate?.subject];
  for (const text of texts) {
    if (text != null && text.length > line.length + 100) throw new Error(`longer than its line: ${text}`);
  }
  if (certificate?.serial != null && !/^[0-9a-f]+$/.test(certificate.serial))
    throw new Error(certificate.serial);
  return observation;
}

/** What a pattern may go over again and again: runs of what separates, quotes, opens, escapes and counts. */
const UNITS = [
  ...Array.from(" \t,;:=/|.-+*%#@&_~^<>()[]{}\"'\\0179afAZé"),
  ...['\\"', "\\x22", "\\u0041", '","', '":"', '{"a":', "[{", "], [", "} {", " - ", ": ", ", ", " [", "] "],
  ...[
    "\x1b[31m",
    "\0",
    "\uFFFD",
    "😀",
    "<b>",
    "&amp;",
    '="',
    '" ',
    "/CN=",
    ", CN=",
    " a=",
    "a b ",
    "10.9.0.7:1 ",
  ],
  ...["error:", "depth=", "x509: ", "|268435581:", "client: ", "AH01:", "(10:", ") while "],
];

/** Beginnings of one line that are tried. */
const HEADS = LONG_TEXT_BYTES >= 1_000_000 ? 6 : 1;

type Read = (text: string) => unknown;

const framing = (text: string) => {
  const stream = new SyslogFraming(64 * 1024);
  return [stream.push(Buffer.from(text)), stream.end()];
};
const body = (contentType: string | undefined) => (text: string) => {
  try {
    return readLines(Buffer.from(text), { contentType, linesMax: 10_000_000 });
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
};

const READERS: readonly (readonly [name: string, read: Read, heads: readonly string[]])[] = [
  ...PROXIES.map((proxy) => {
    const read: Read = (text) => PARSERS[proxy](text, CONTEXT);
    return [`the parser of ${proxy}`, read, headsOf(SAMPLE_LINES[proxy])] as const;
  }),
  ["recognition", recognise, headsOf(ours.filter((_, place) => place % 9 === 0))],
  [
    "syslog",
    (text) => syslogLine(text, CONTEXT),
    headsOf(['<134>1 2027-04-09T07:31:04Z a b 1 - [x y="z"] m']),
  ],
  ["framing", framing, ["", "<134>", "120 <134>"]],
  ["bodies", body(undefined), ["", "[", '{"log":"', '[{"log":"']],
  ["bodies of JSON", body("application/json"), ["", "[", '{"log":"', '[{"log":"']],
  ["names", comparableName, ["", "CN=a", "/C=NZ/CN=", "C = NZ, CN = "]],
];

/** The beginnings of lines, up to where something else follows: there a parser expects the next part. */
function headsOf(lines: readonly string[]): string[] {
  const heads = lines.flatMap((line) => {
    const ends = [...line.matchAll(/[^\w\s][\s"]?/g)].map(({ 0: end, index }) => index + end.length);
    const step = Math.max(1, Math.ceil(ends.length / HEADS));
    return [...ends.filter((_, place) => place % step === 0), line.length].map((end) => line.slice(0, end));
  });
  return ["", ...new Set(heads)];
}

describe(`a byte in a text of ${LONG_TEXT_BYTES.toLocaleString("en")} takes at most ${SLOWDOWN_MAX} times as long as in one of a thousand`, () => {
  test.each(READERS)("%s", async (_, read, heads) => {
    const isSlow = ([head, unit]: readonly [string, string]) => slowdownOf(read, head, unit) > SLOWDOWN_MAX;
    let suspects = heads.flatMap((head) => UNITS.map((unit) => [head, unit] as const)).filter(isSlow);
    // Something else may have been going on all the while.
    for (let time = 0; suspects.length > 0 && time < AGAIN; time++) {
      await setTimeout(1_000);
      suspects = suspects.filter(isSlow);
    }
    expect(suspects).toEqual([]);
  });

  const nested = (depth: number) => `${'{"a":['.repeat(depth)}${"]}".repeat(depth)}`;
  test.each(READERS)("%s, where JSON is nested", (_, read) => {
    const deep = nested(10_000);
    const shallow = nested(100);
    expect(
      timesSlower(
        () => read(deep),
        () => repeat(deep.length / shallow.length, () => read(shallow)),
      ),
    ).toBeLessThan(SLOWDOWN_MAX);
  });
});

function slowdownOf(read: Read, head: string, unit: string): number {
  const small = head + unit.repeat(Math.ceil(1_000 / unit.length));
  const large = head + unit.repeat(Math.ceil(LONG_TEXT_BYTES / unit.length));
  return timesSlower(
    () => read(large),
    () => repeat(large.length / small.length, () => read(small)),
  );
}

function repeat(times: number, run: () => void): void {
  for (let round = 0; round < times; round++) run();
}

/** A case that is slow is measured again so often. */
const AGAIN = 5;

/** What takes no longer than this is never too long: less than a clock can tell. */
const MOMENT_MS = 0.5;

/** The quickest of several runs each, until it is clear: what else the machine does makes single ones slower. */
function timesSlower(one: () => void, other: () => void): number {
  let [quickest, quickestOther] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < 12; run++) {
    quickestOther = Math.min(quickestOther, timeOf(other));
    quickest = Math.min(quickest, timeOf(one));
    if (quickest <= Math.max(MOMENT_MS, quickestOther * SLOWDOWN_MAX))
      return quickest / Math.max(quickestOther, MOMENT_MS);
  }
  return quickest / quickestOther;
}

function timeOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
