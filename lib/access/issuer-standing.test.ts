import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { type IssuerCertificate, issuerStandings, sameStandings } from "./issuer-standing.ts";

const root: IssuerCertificate = { issuer: "root", above: null, reason: null, notAfter: 900 };
const middle: IssuerCertificate = { issuer: "middle", above: "root", reason: null, notAfter: 800 };
const low: IssuerCertificate = { issuer: "low", above: "middle", reason: null, notAfter: 1000 };

const states = (...certificates: IssuerCertificate[]) =>
  Object.fromEntries([...issuerStandings(certificates)].map(([issuer, { state }]) => [issuer, state]));

test("whatever becomes of an authority becomes of all below it, in whichever order they are read", () => {
  expect(states(low, middle, root)).toEqual({ root: "good", middle: "good", low: "good" });
  const revoked = { ...middle, reason: "superseded" };
  expect(states(low, revoked, root)).toEqual({ root: "good", middle: "revoked", low: "revoked" });
  const held = { ...root, reason: "certificateHold" };
  expect(states(low, middle, held)).toEqual({ root: "held", middle: "held", low: "held" });
  expect(states(low, revoked, held)).toEqual({ root: "held", middle: "revoked", low: "revoked" });
});

test("an authority is valid for as long as all above it", () => {
  const standings = issuerStandings([low, middle, root]);
  expect([...standings].map(([issuer, { notAfter }]) => [issuer, notAfter])).toEqual([
    ["low", 800],
    ["middle", 800],
    ["root", 900],
  ]);
});

test("one good certificate is enough, unless the key itself was compromised", () => {
  const renewed = { ...middle, notAfter: 850 };
  expect(states(root, { ...middle, reason: "superseded" }, renewed, low)).toMatchObject({ low: "good" });
  expect(issuerStandings([root, middle, renewed]).get("middle")).toEqual({ state: "good", notAfter: 850 });
  for (const reason of ["keyCompromise", "cACompromise"]) {
    expect(states(root, { ...middle, reason }, renewed, low)).toMatchObject({
      middle: "revoked",
      low: "revoked",
    });
  }
});

test("those that only certify each other are not good", () => {
  const circle = [
    { ...middle, above: "low" },
    { ...low, above: "middle" },
  ];
  expect(states(...circle)).toEqual({ middle: "revoked", low: "revoked" });
  expect(states(...circle, middle, root)).toEqual({ root: "good", middle: "good", low: "good" });
});

test("an authority that certified itself while it was held is as those above it are, in any order", () => {
  const all: IssuerCertificate[] = [
    { issuer: "middle", above: null, reason: "certificateHold", notAfter: 2 },
    { issuer: "low", above: "middle", reason: "certificateHold", notAfter: 2 },
    { issuer: "low", above: "low", reason: null, notAfter: 2 },
    { issuer: "middle", above: "root", reason: null, notAfter: 1 },
    { issuer: "root", above: null, reason: null, notAfter: 1 },
  ];
  expect(states(...all)).toEqual({ root: "good", middle: "good", low: "held" });
  expect(sameStandings(issuerStandings(all), issuerStandings(all.toReversed()))).toBe(true);
});

test("it is what walking up each way comes to", () => {
  const issuers = ["a", "b", "c", "d"];
  const certificate: fc.Arbitrary<IssuerCertificate> = fc.record({
    issuer: fc.constantFrom(...issuers),
    above: fc.constantFrom(null, ...issuers),
    reason: fc.constantFrom(null, null, null, "certificateHold", "superseded", "keyCompromise"),
    notAfter: fc.integer({ min: 1, max: 4 }),
  });
  /** The end of the longest way up by which an issuer is good; null when there is none. */
  const goodUntil = (all: readonly IssuerCertificate[], issuer: string, seen: string[]): number | null => {
    const own = all.filter((each) => each.issuer === issuer);
    if (seen.includes(issuer) || own.some(({ reason }) => reason === "keyCompromise")) return null;
    const ends = own.flatMap(({ above, reason, notAfter }) => {
      if (reason !== null) return [];
      const end = above === null ? notAfter : goodUntil(all, above, [...seen, issuer]);
      return end === null ? [] : [Math.min(end, notAfter)];
    });
    return ends.length === 0 ? null : Math.max(...ends);
  };
  fc.assert(
    fc.property(fc.array(certificate, { maxLength: 10 }), (all) => {
      const standings = issuerStandings(all);
      for (const [issuer, { state, notAfter }] of standings) {
        expect(state === "good" ? notAfter : null).toBe(goodUntil(all, issuer, []));
      }
      expect(sameStandings(standings, issuerStandings(all.toReversed()))).toBe(true);
    }),
    { numRuns: FUZZ_RUNS * 5, seed: SEED },
  );
});
