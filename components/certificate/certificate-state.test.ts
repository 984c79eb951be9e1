import { expect, test } from "vitest";
import { certificateState } from "#components/certificate/certificate-state.ts";
import type { CertificateStatus } from "#lib/inventory/certificate-status.ts";

const NOT_BEFORE = new Date("2026-01-01T00:00:00Z");
const NOT_AFTER = new Date("2026-04-01T00:00:00Z");
const DAY_MS = 86_400_000;
const stateOn = (day: number, replacedById: string | null = null, status: CertificateStatus = "valid") =>
  certificateState(
    { notBefore: NOT_BEFORE, notAfter: NOT_AFTER, replacedById, status },
    new Date(NOT_BEFORE.getTime() + day * DAY_MS),
  );

test.each([
  [-1, "not-yet-valid", "not yet valid", "info"],
  [0, "valid", "valid", "ok"],
  [59, "valid", "valid", "ok"],
  [60, "due", "renewal due", "warn"],
  [80, "due", "renewal due", "warn"],
  [81, "due", "renewal due", "critical"],
  [90, "expired", "expired", "critical"],
])("on day %d of 90 a certificate is %s", (day, status, word, tone) => {
  expect(stateOn(day)).toEqual({ status, word, tone });
});

test("what has a successor alarms nobody", () => {
  for (const day of [1, 61, 85, 91]) expect(stateOn(day, "next").tone).toBe("neutral");
  expect(stateOn(85, "next").word).toBe("renewed");
  expect(stateOn(91, "next").word).toBe("renewed");
});

test("what is revoked or held says so, whatever its age and whatever replaced it", () => {
  for (const day of [-1, 1, 61, 91]) {
    expect(stateOn(day, null, "revoked")).toEqual({ status: "revoked", word: "revoked", tone: "critical" });
    expect(stateOn(day, "next", "held")).toEqual({ status: "held", word: "on hold", tone: "warn" });
  }
});
