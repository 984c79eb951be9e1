import { expect, test } from "vitest";
import { expiryConcern } from "#lib/authority/authority-attention.ts";
import { addSeconds } from "#lib/clock.ts";

const DAY = 86_400;
const notBefore = new Date("2026-01-01T00:00:00Z");
const authority = (kind: "root" | "intermediate", days: number) => ({
  kind,
  notBefore,
  notAfter: addSeconds(notBefore, days * DAY),
});
const daysBeforeEnd = (life: number, left: number) => addSeconds(notBefore, (life - left) * DAY);

test.each([
  ["root", 3650, 731, "none"],
  ["root", 3650, 730, "info"],
  ["root", 3650, 366, "info"],
  ["root", 3650, 365, "warn"],
  ["root", 3650, 183, "warn"],
  ["root", 3650, 182, "critical"],
  ["root", 3650, 0, "expired"],
  ["intermediate", 1825, 181, "none"],
  ["intermediate", 1825, 180, "info"],
  ["intermediate", 1825, 60, "warn"],
  ["intermediate", 1825, 30, "critical"],
  ["intermediate", 1825, -1, "expired"],
] as const)("a %s of %d days with %d left: %s", (kind, life, left, concern) => {
  expect(expiryConcern(authority(kind, life), daysBeforeEnd(life, left))).toBe(concern);
});

test.each([1, 7, 30, 90, 350])(
  "an authority of %d days is not of concern while half of it remains",
  (life) => {
    for (const kind of ["root", "intermediate"] as const) {
      expect(expiryConcern(authority(kind, life), notBefore)).toBe("none");
      expect(expiryConcern(authority(kind, life), daysBeforeEnd(life, life * 0.5))).toBe("none");
      expect(expiryConcern(authority(kind, life), daysBeforeEnd(life, life / 12))).toBe("critical");
    }
  },
);
