import { expect, test } from "vitest";
import { cellLabel, cellWords, type MatrixCell } from "#components/access/matrix-words.ts";

const now = new Date("2026-06-04T00:00:00Z");
const cell = (change: Partial<MatrixCell>): MatrixCell => ({
  grantId: "g",
  state: "live",
  grants: 1,
  lastUsedAt: new Date("2026-06-01T00:00:00Z"),
  ...change,
});

test("a cell tells when a grant was used last", () => {
  expect(cellWords(cell({}), now)).toBe("3 days ago");
  expect(cellWords(cell({ lastUsedAt: null }), now)).toBe("unused");
  expect(cellWords(cell({ state: "future", lastUsedAt: null }), now)).toBe("later");
});

test("whoever hears a cell learns what pressing it does", () => {
  expect(cellLabel("Billing", "Orders", undefined, now, [])).toBe("Billing may not call Orders: grant it");
  const label = (change: Partial<MatrixCell>, deniedAt: string[] = []) =>
    cellLabel("Billing", "Orders", cell(change), now, deniedAt);
  expect(label({})).toBe("Billing may call Orders, last used 3 days ago: end it");
  expect(label({ lastUsedAt: null })).toBe("Billing may call Orders, for 30 days unused: end it");
  expect(label({ state: "future", lastUsedAt: null })).toBe("Billing may call Orders later: end it");
  expect(label({ state: "limited", lastUsedAt: null })).toBe(
    "Billing may call Orders, for 30 days unused (parts): end it",
  );
  expect(label({ state: "limited" }, ["edge", "grid"])).toBe(
    "Billing may call Orders, last used 3 days ago (parts, denied at edge, grid): end it",
  );
});
