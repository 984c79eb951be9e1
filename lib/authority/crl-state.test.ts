import { expect, test } from "vitest";
import { type CrlState, crlConcern, isDue } from "#lib/authority/crl-state.ts";
import { addSeconds } from "#lib/clock.ts";

const now = new Date("2027-03-01T12:00:00Z");
const LIFE = 100_000;

/** @param age of the list, in seconds; @param waiting since when a change waits, in seconds */
function state(age: number, waiting: number | null = null): CrlState {
  const createdAt = addSeconds(now, -age);
  return {
    authorityId: "authority",
    slug: "authority",
    name: "Authority",
    life: LIFE,
    published: 0,
    pendingSince: waiting === null ? null : addSeconds(now, -waiting),
    number: 1n,
    failingSince: null,
    failure: "",
    crl: {
      id: "crl",
      thisUpdate: addSeconds(createdAt, -60),
      nextUpdate: addSeconds(createdAt, LIFE),
      createdAt,
      entries: 0,
      size: 300,
    },
  };
}

test("a long list rests for longer before changes replace it, and is late accordingly", () => {
  const long = (age: number, waiting: number) => {
    const short = state(age, waiting);
    return { ...short, crl: short.crl && { ...short.crl, size: 46_000_000 } };
  };
  expect(isDue(long(11, 8), now)).toBe(false);
  expect(isDue(long(12, 8), now)).toBe(true);
  expect(crlConcern(long(100, 37), now)).toBe("due");
  expect(crlConcern(long(100, 38), now)).toBe("late");
});

test.each<[string, CrlState, boolean, string]>([
  ["there is none", { ...state(0), crl: null }, true, "missing"],
  ["it is new", state(0), false, "ok"],
  ["half of its life is nearly over", state(49_999), false, "ok"],
  ["half of its life is over", state(50_000), true, "due"],
  ["a twentieth more is over", state(55_000), true, "due"],
  ["more than that is over", state(55_001), true, "late"],
  ["its life is over", state(100_000), true, "expired"],
  ["a first change was made", state(5, 0), true, "due"],
  ["a change follows another", state(4, 1), false, "due"],
  ["a change waits for half a minute", state(100, 30), true, "due"],
  ["a change waits for longer", state(100, 31), true, "late"],
  ["the clock went back by less than a minute", state(-30), false, "ok"],
  ["the clock went back by less, and a change was made", state(-30, 0), true, "due"],
  ["the clock went back, so that nobody takes it yet", state(-61), true, "due"],
])("a CRL is published when due: %s", (_, given, due, concern) => {
  expect([isDue(given, now), crlConcern(given, now)]).toEqual([due, concern]);
});
