import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { type SyslogFrame, SyslogFraming } from "./syslog-framing.ts";

const MAX = 64;
const encode = (text: string) => new TextEncoder().encode(text);
const whole = (text: string): SyslogFrame => ({ text, cut: false });
const cut = (text: string): SyslogFrame => ({ text, cut: true });

function read(...pieces: (string | Uint8Array)[]): SyslogFrame[] {
  const framing = new SyslogFraming(MAX);
  const frames = pieces.flatMap((piece) => framing.push(typeof piece === "string" ? encode(piece) : piece));
  return [...frames, ...framing.end()];
}

describe("the messages of a stream", () => {
  test.each<[string, string[], SyslogFrame[]]>([
    ["lines", ["<1>a\n<2>b\n"], [whole("<1>a"), whole("<2>b")]],
    ["lines of Windows", ["<1>a\r\n<2>b\r\n"], [whole("<1>a"), whole("<2>b")]],
    ["empty lines are none", ["\n\n<1>a\n\n"], [whole("<1>a")]],
    ["a line in pieces", ["<1", ">", "a", "\n"], [whole("<1>a")]],
    ["a last line without an end", ["<1>a\n<2>b"], [whole("<1>a"), whole("<2>b")]],
    ["counted", ["4 <1>a5 <2>bc"], [whole("<1>a"), whole("<2>bc")]],
    ["counted, in pieces", ["1", "0 ", "<1>a\n", "bcd", "ef4 <2>g"], [whole("<1>a\nbcdef"), whole("<2>g")]],
    ["counted and ended with a line", ["5 <1>a\n5 <2>b\n"], [whole("<1>a"), whole("<2>b")]],
    ["counted, with an uncounted line end between", ["4 <1>a\n4 <2>b\n"], [whole("<1>a"), whole("<2>b")]],
    [
      "counted wrongly, in characters: out of step until the next line end",
      ["7 <1>ü€4 <2>b"],
      [whole("<1>ü\uFFFD"), whole("\uFFFD4 <2>b")],
    ],
    ["counted characters of several bytes", ["8 <1>ü€4 <2>b"], [whole("<1>ü€"), whole("<2>b")]],
    ["both ways in turn", ["<1>a\n4 <2>b<3>c\n"], [whole("<1>a"), whole("<2>b"), whole("<3>c")]],
    ["a line that begins with a number", ["10 men\n"], [whole("10 men")]],
    [
      "a line that begins with an address",
      ["192.0.2.7:41200 [09/May]\n"],
      [whole("192.0.2.7:41200 [09/May]")],
    ],
    ["a length with a zero before it is none", ["04 <1>a\n"], [whole("04 <1>a")]],
    ["a length of eight digits is none", ["12345678 <1>a\n"], [whole("12345678 <1>a")]],
    ["two blanks are no length", ["4  <1>a\n"], [whole("4  <1>a")]],
    ["nothing", [], []],
    ["nothing but a length", ["17 "], [whole("17 ")]],
    ["a counted message that does not come to its end", ["9 <1>a"], [cut("<1>a")]],
    ["a line as long as is kept", [`${"a".repeat(MAX)}\n`], [whole("a".repeat(MAX))]],
    ["a longer one", [`${"a".repeat(MAX)}b\n<1>c\n`], [cut("a".repeat(MAX)), whole("<1>c")]],
    ["a longer one in pieces", ["a".repeat(MAX), "bbb", "b\n<1>c\n"], [cut("a".repeat(MAX)), whole("<1>c")]],
    [
      "a counted one that is longer",
      [`103 <1>${"a".repeat(100)}4 <2>b`],
      [cut(`<1>${"a".repeat(MAX - 3)}`), whole("<2>b")],
    ],
  ])("%s", (_, pieces, expected) => {
    expect(read(...pieces)).toEqual(expected);
  });
});

test("what is no UTF-8 is replaced", () => {
  expect(read(Uint8Array.of(0x3c, 0x31, 0x3e, 0xff, 0x61, 0x0a))).toEqual([whole("<1>\uFFFDa")]);
});

/** Cuts bytes at any places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const message = fc
  .string({ unit: "binary", maxLength: 12 })
  .map((text) => `<${text.length}>${text.replace(/[\r\n\0]/g, " ")}.`);

test("messages come out as they were, however they are counted and cut up", () => {
  const sent = fc.array(fc.record({ text: message, counted: fc.boolean() }));
  fc.assert(
    fc.property(sent, fc.array(fc.nat(500)), (messages, cuts) => {
      const texts = messages.map(({ text, counted }) =>
        counted ? `${encode(text).length} ${text}` : `${text}\n`,
      );
      const expected = messages.map(({ text }) => whole(text));
      expect(read(...pieces(encode(texts.join("")), cuts))).toEqual(expected);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("any bytes give the same in one piece as in many, and nothing longer than is kept", () => {
  const part = fc.oneof(fc.constantFrom("9 <", "3 ", "\n", "<1>", " ", "0"), fc.string({ unit: "binary" }));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(part).map((parts) => encode(parts.join(""))),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(500)), (given, cuts) => {
      const frames = read(given);
      expect(read(...pieces(given, cuts))).toEqual(frames);
      expect(frames.every(({ text }) => text.length <= MAX)).toBe(true);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("a megabyte that comes byte by byte takes no longer per byte than a kilobyte", () => {
  const spent = (length: number) => {
    const framing = new SyslogFraming(length);
    const byte = encode("a");
    const started = performance.now();
    for (let index = 0; index < length; index++) framing.push(byte);
    return (performance.now() - started) / length;
  };
  spent(100_000);
  // Ten times where three would be right: the machine has other things to do.
  expect(spent(1_000_000)).toBeLessThan(10 * Math.max(spent(1_000), 0.0005));
});
