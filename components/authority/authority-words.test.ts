import { expect, test } from "vitest";
import { authorityState, keyWords, purposeWords } from "#components/authority/authority-words.ts";

const now = new Date("2026-06-01T00:00:00Z");
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
const authority = (status: "active" | "retired", left: number) => ({
  kind: "intermediate" as const,
  status,
  refused: null,
  notBefore: days(left - 1825),
  notAfter: days(left),
});

test.each([
  ["active", 1000, "active", "ok"],
  ["active", 170, "ending", "info"],
  ["active", 50, "ends soon", "warn"],
  ["active", 20, "ends very soon", "critical"],
  ["active", -1, "expired", "critical"],
  ["retired", 20, "retired", "neutral"],
  ["retired", -1, "expired", "neutral"],
] as const)("an %s authority with %d days left is %s", (status, left, word, tone) => {
  expect(authorityState(authority(status, left), now)).toMatchObject({ word, tone });
});

test("whatever is of concern says what to do", () => {
  for (const left of [170, 50, 20, -1]) {
    expect(authorityState(authority("active", left), now).fix).toMatch(/successor/);
  }
  expect(authorityState(authority("active", 1000), now).fix).toBeNull();
});

test("a revoked authority is revoked whatever else it is, and asks for nothing more once it is retired", () => {
  const refused = (status: "active" | "retired", how: "held" | "revoked") =>
    authorityState({ ...authority(status, 50), refused: how }, now);
  expect(refused("active", "revoked")).toMatchObject({ word: "revoked", tone: "critical" });
  expect(refused("active", "revoked").fix).toMatch(/another authority/);
  expect(refused("retired", "revoked")).toEqual({ word: "revoked", tone: "neutral", fix: null });
  expect(refused("active", "held")).toMatchObject({ word: "on hold", tone: "warn" });
});

test("keys and purposes are in words", () => {
  expect(keyWords("ecdsa-p256")).toBe("ECDSA P-256");
  expect(keyWords("something-newer")).toBe("something-newer");
  expect(purposeWords(["server", "client"])).toBe("servers and clients");
});
