import { expect, test } from "vitest";
import { renewalConcern } from "#lib/inventory/renewal-attention.ts";

const notBefore = new Date("2026-01-01T00:00:00Z");
const at = (seconds: number) => new Date(notBefore.getTime() + seconds * 1000);

test.each([
  [0, "none"],
  [59, "none"],
  [60, "due"],
  [80, "due"],
  [81, "urgent"],
  [89, "urgent"],
  [90, "expired"],
])("of a life of 90 units, after %d: %s", (used, concern) => {
  for (const unit of [1, 960, 86_400]) {
    expect(renewalConcern({ notBefore, notAfter: at(90 * unit) }, at(used * unit))).toBe(concern);
  }
});
