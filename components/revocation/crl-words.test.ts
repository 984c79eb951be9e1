import { expect, test } from "vitest";
import { type CrlFacts, crlStateInWords, sizeInWords } from "#components/revocation/crl-words.ts";

const now = new Date("2026-06-01T00:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);
const crl = (change: Partial<CrlFacts>): CrlFacts => ({
  state: "ok",
  nextUpdate: hours(40),
  pendingSince: null,
  failingSince: null,
  failure: "",
  ...change,
});

test.each<[string, Partial<CrlFacts>, string]>([
  ["one in force", {}, "ok current"],
  ["one that is replaced just now", { state: "due", pendingSince: now }, "info being replaced"],
  [
    "one whose replacement failed",
    { state: "due", failingSince: now, failure: "disk" },
    "warn publishing fails",
  ],
  ["one that nobody replaced", { state: "late" }, "warn late"],
  [
    "one that cannot be replaced",
    { state: "late", failingSince: hours(-1), failure: "disk" },
    "critical late",
  ],
  ["changes that no CRL has", { state: "late", pendingSince: hours(-1) }, "critical changes wait"],
  ["an expired one", { state: "expired", nextUpdate: hours(-1) }, "critical expired"],
  ["a missing one", { state: "missing", nextUpdate: null }, "critical no CRL yet"],
])("of %s is said how alarming it is", (_, change, expected) => {
  const { tone, word } = crlStateInWords(crl(change), now);
  expect(`${tone} ${word}`).toBe(expected);
});

test("whoever is alarmed is told what to do, and nobody else is", () => {
  for (const state of ["late", "expired", "missing"] as const) {
    expect(crlStateInWords(crl({ state }), now).fix).not.toBeNull();
  }
  for (const state of ["ok", "due"] as const) expect(crlStateInWords(crl({ state }), now).fix).toBeNull();
});

test.each([
  [412, "412 bytes"],
  [1_234, "1.2 KB"],
  [37_000_000, "37.0 MB"],
])("%d bytes are %s", (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words);
});
