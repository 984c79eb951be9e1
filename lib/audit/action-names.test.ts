import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ACTION_NAMES, actionName } from "#lib/audit/action-names.ts";

/**
 * Codes are `noun.verb-in-past`; rules of violations have the same shape but no verb. So every text of
 * that shape in the sources is taken whose verb is in the past, and whatever stands behind `action:`.
 */
const VERB_IN_PAST = /^(?!input\.)[a-z-]+\.(?:[a-z]+-)*(?:[a-z]*ed|reset|held)(?:-[a-z]+)*$/;

function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const file of globSync("{lib,app}/**/*.{ts,tsx}", { exclude: (name) => name.includes(".test.") })) {
    if (file.includes(".test.") || file.endsWith("action-names.ts")) continue;
    const source = readFileSync(file, "utf8");
    for (const [, code = ""] of source.matchAll(/"([a-z-]+\.[a-z-]+)"/g)) {
      if (VERB_IN_PAST.test(code)) codes.add(code);
    }
    for (const [, value = ""] of source.matchAll(/\baction\??:([^,;{})]*)/g)) {
      for (const [, code = ""] of value.matchAll(/"([a-z-]+\.[a-z-]+)"/g)) codes.add(code);
    }
  }
  return codes;
}

test("every action that is appended anywhere has its words", () => {
  expect([...codesInSources()].filter((code) => !Object.hasOwn(ACTION_NAMES, code))).toEqual([]);
});

test("the table names no action that nothing appends", () => {
  const codes = codesInSources();
  expect(Object.keys(ACTION_NAMES).filter((code) => !codes.has(code))).toEqual([]);
});

test("an action of another version is shown by its code", () => {
  expect(actionName("certificate.issued")).toBe("issued a certificate");
  expect(actionName("gadget.polished")).toBe("gadget.polished");
  expect(actionName("toString")).toBe("toString");
});
