import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { type SyslogMessage, syslogLine } from "./syslog-line.ts";

const RECEIVED = Date.UTC(2031, 4, 9, 12, 0, 0);
const AT = Date.UTC(2031, 4, 9, 11, 59, 58);
const read = (line: string) => syslogLine(line, { receivedAt: RECEIVED });

const found = (parts: Partial<SyslogMessage>): SyslogMessage => ({
  at: AT,
  zone: "assumed",
  host: "edge-3",
  application: "haproxy",
  pid: "771",
  message: "hello",
  ...parts,
});
const said = (parts: Partial<SyslogMessage>) => found({ zone: "said", ...parts });

describe("RFC 3164", () => {
  test.each<[string, string, SyslogMessage]>([
    ["all of it", "<134>May  9 11:59:58 edge-3 haproxy[771]: hello", found({})],
    ["in a file, without a priority", "May  9 11:59:58 edge-3 haproxy[771]: hello", found({})],
    [
      "without a host, as HAProxy sends it",
      "<134>May  9 11:59:58 haproxy[771]: hello",
      found({ host: null }),
    ],
    ["without both", "May  9 11:59:58 haproxy[771]: hello", found({ host: null })],
    ["without a process", "<134>May  9 11:59:58 edge-3 haproxy: hello", found({ pid: null })],
    [
      "with a time of RFC 3339, as rsyslog forwards it",
      "<134>2031-05-09T13:59:58.250+02:00 edge-3 haproxy[771]: hello",
      said({ at: AT + 250 }),
    ],
    ["the same in a file", "2031-05-09T11:59:58Z edge-3 haproxy[771]: hello", said({})],
    ["by journalctl", "2031-05-09T13:59:58+0200 edge-3 haproxy[771]: hello", said({})],
    ["a zero before the day", "<13>May 09 11:59:58 edge-3 haproxy[771]: hello", found({})],
    [
      "from the last day of the year before",
      "<134>Dec 31 23:59:59 edge-3 haproxy[771]: hello",
      found({ at: Date.UTC(2030, 11, 31, 23, 59, 59) }),
    ],
    [
      "blanks in the message",
      "<134>May  9 11:59:58 edge-3 haproxy[771]:   a  b ",
      found({ message: "  a  b " }),
    ],
    ["an empty message", "<134>May  9 11:59:58 edge-3 haproxy[771]:", found({ message: "" })],
    [
      "no tag",
      "<134>May  9 11:59:58 edge-3 what it says",
      found({ application: null, pid: null, message: "what it says" }),
    ],
    ["no header but a priority", "<0>haproxy[771]: hello", found({ at: null, host: null })],
    [
      "nothing but a priority",
      "<191>",
      found({ at: null, host: null, application: null, pid: null, message: "" }),
    ],
  ])("%s", (_, line, expected) => {
    expect(read(line)).toEqual(expected);
  });
});

describe("RFC 5424", () => {
  test.each<[string, string, SyslogMessage]>([
    ["all of it", '<134>1 2031-05-09T11:59:58.000Z edge-3 haproxy 771 ID4 [a@1 b="c"] hello', said({})],
    [
      "nothing known",
      "<134>1 - - - - - - hello",
      found({ at: null, host: null, application: null, pid: null }),
    ],
    ["a byte order mark", "<134>1 2031-05-09T11:59:58Z edge-3 haproxy 771 - - \uFEFFhello", said({})],
    [
      "brackets, quotes and backslashes in structured data",
      String.raw`<134>1 2031-05-09T11:59:58Z edge-3 haproxy 771 - [a b="\"] \\"][c d="]"] hello`,
      said({}),
    ],
    ["no message", "<134>1 2031-05-09T11:59:58Z edge-3 haproxy 771 - -", said({ message: "" })],
    [
      "a message like a header",
      "<134>1 2031-05-09T11:59:58Z edge-3 haproxy 771 - - <1>a: b",
      said({ message: "<1>a: b" }),
    ],
    ["a time that is none", "<134>1 yesterday edge-3 haproxy 771 - - hello", found({ at: null })],
  ])("%s", (_, line, expected) => {
    expect(read(line)).toEqual(expected);
  });
});

test.each<[string, string]>([
  ["nothing", ""],
  ["a priority above 191 is none", "<999>May  9 11:59:58 edge-3 haproxy[771]"],
  ["structured data that does not end", '<134>1 - - - - - [a b="c" hello'],
  ["a header that is cut off", "<134>1 2031-05-09T11:59:58Z edge-3 haproxy"],
  ["HAProxy's own line", "192.0.2.7:41200 [09/May/2031:11:59:58.001] fe/1: SSL handshake failure"],
  ["Apache's error", "[Fri May 09 11:59:58.001 2031] [ssl:error] [pid 3] AH02039: Certificate Verification"],
  ["Apache's access", '2031-05-09T11:59:58.001+0000 192.0.2.7:41200 a.example:443 "GET / HTTP/1.1" 200'],
  ["Traefik's", "2031-05-09T11:59:58Z DBG log/log.go:245 > http: TLS handshake error from 192.0.2.7:4"],
  ["a level after the time", "2031-05-09T11:59:58Z error: something"],
  ["a day that is none", "Feb 31 11:59:58 edge-3 haproxy[771]: hello"],
])("no syslog: %s", (_, line) => {
  expect(read(line)).toBeNull();
});

test("what was wrapped comes out as it was", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,30}$/);
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      word,
      word,
      fc.nat(99_999),
      (message, host, application, pid) => {
        const expected = { host, application, pid: String(pid) };
        const old = read(`<134>May  9 11:59:58 ${host} ${application}[${pid}]: ${message}`);
        expect(old).toMatchObject({ ...expected, at: AT, message });
        const text = message.replace(/^\uFEFF/, "");
        const recent = read(`<134>1 2031-05-09T11:59:58Z ${host} ${application} ${pid} - - ${text}`);
        expect(recent).toMatchObject({ ...expected, at: AT, message: text.replace(/^\uFEFF/, "") });
      },
    ),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("no text is too much for it", () => {
  const piece = fc.constantFrom(
    "<134>",
    "1 ",
    "May  9 11:59:58 ",
    "2031-05-09T11:59:58Z ",
    "- ",
    '[a b="',
    "\\",
    '"',
    "]",
    "h ",
    "t[1]: ",
    ":",
    " ",
  );
  const text = fc
    .array(fc.oneof(piece, fc.string({ unit: "binary", maxLength: 5 })))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (line) => {
      const message = read(line);
      if (message !== null) expect(line).toContain(message.message);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});
