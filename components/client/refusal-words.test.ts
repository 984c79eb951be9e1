import { expect, test } from "vitest";
import { refusalAt } from "#components/client/refusal-words.ts";
import { addSeconds } from "#lib/clock.ts";

const now = new Date("2027-03-01T12:30:00Z");
const since = addSeconds(now, -60);
const held = {
  proxy: { id: "p", slug: "edge", name: "Edge" },
  service: { id: "s", slug: "payments", name: "Payments" },
  ...{ format: "nginx", newestVersion: 8, fetchedVersion: 8, liveVersion: 8 },
  fetchedAt: addSeconds(now, -20),
};

test("a proxy that asks refuses at once", () => {
  expect(refusalAt(null, since, now)).toEqual({ tone: "ok", words: "refuses it now" });
});

test("a proxy with a file refuses when it uses the newest version and fetched after the change", () => {
  expect(refusalAt(held, since, now).tone).toBe("ok");
  for (const late of [
    { liveVersion: 7 },
    { liveVersion: null },
    { fetchedVersion: 7, liveVersion: 7 },
    // The list that says so may be about to be made.
    { fetchedAt: addSeconds(since, 1) },
  ]) {
    expect(refusalAt({ ...held, ...late }, since, now).tone).toBe("warn");
  }
});

test("a proxy that has not fetched since the change may still let the client in", () => {
  const before = refusalAt({ ...held, fetchedAt: addSeconds(since, -10) }, since, now);
  expect(before).toMatchObject({ tone: "warn", words: expect.stringContaining("may still let it in") });
  expect(refusalAt({ ...held, fetchedAt: addSeconds(since, -3600) }, since, now).tone).toBe("critical");
});
