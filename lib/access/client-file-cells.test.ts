import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { CLIENT_COLUMNS, readClientFile } from "#lib/access/client-file.ts";
import { expiryOf, proofOf, wordsOf } from "#lib/access/client-file-cells.ts";
import { DomainError } from "#lib/errors.ts";

const KEYS = Object.keys(CLIENT_COLUMNS);
const SHA = "ab".repeat(32);
const authorities = new Map([["workload", "id-of-workload"]]);

test.each([
  ["", null],
  ["2027-12-31", "2028-01-01T00:00:00.000Z"],
  ["2028-02-29", "2028-03-01T00:00:00.000Z"],
  ["2027-12-31T18:00Z", "2027-12-31T18:00:00.000Z"],
  ["2027-12-31T18:00:30+02:00", "2027-12-31T16:00:30.000Z"],
])("%j is an end of a client's life: %s", (cell, time) => {
  expect(expiryOf(cell)?.toISOString() ?? null).toBe(time);
});

test.each(["31.12.2027", "2027-02-31", "2027-13-01", "2027-12-31T25:00Z", "2027-12-31T18:00", "never", "1"])(
  "%j is none, and that is said",
  (cell) => {
    expect(() => expiryOf(cell)).toThrow(expect.objectContaining({ code: "malformed" }));
  },
);

test.each([
  ["", null],
  [SHA, { kind: "certificate", sha256: SHA }],
  ["AB:CD", { kind: "certificate", sha256: "AB:CD" }],
  [`certificate:${SHA}`, { kind: "certificate", sha256: SHA }],
  [`SHA256: ${SHA}`, { kind: "certificate", sha256: SHA }],
  [`Key:${SHA}`, { kind: "key", sha256: SHA }],
  [
    "uri:spiffe://example.org/api under Workload",
    { kind: "name", nameType: "uri", nameValue: "spiffe://example.org/api", authorityId: "id-of-workload" },
  ],
  [
    "cn:down under under workload",
    { kind: "name", nameType: "commonName", nameValue: "down under", authorityId: "id-of-workload" },
  ],
])("%j proves a client", (cell, proof) => {
  expect(proofOf(cell, authorities)).toEqual(proof);
});

test.each([
  ["uri:spiffe://example.org/api", /under an authority/],
  ["dns:api.example under nobody", /no authority “nobody”/],
  ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", /./],
  ["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", /no certificate/],
])("%j proves nobody, and that is said", (cell, sentence) => {
  expect(() => proofOf(cell, authorities)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(sentence),
      violations: [expect.objectContaining({ field: "credential" })],
    }),
  );
});

test("columns may be named in any order, and stand in the documented one without a header", () => {
  const empty = Object.fromEntries(Object.keys(CLIENT_COLUMNS).map((column) => [column, ""]));
  expect(readClientFile("Team;Client;ENV\nOps;Billing;production")).toEqual([
    { ...empty, line: 2, owner: "Ops", name: "Billing", environment: "production" },
  ]);
  expect(readClientFile(`Billing,production,Ops,a b,,2027-12-31,payments,${SHA}`)).toMatchObject([
    { line: 1, name: "Billing", tags: "a b", services: "payments", credential: SHA },
  ]);
});

test(`any cell means something or is refused (seed ${SEED})`, () => {
  const cell = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc
      .tuple(fc.constantFrom("uri:", "dns:", "cn:", "key:", "certificate:", "-----BEGIN "), fc.string())
      .map((parts) => parts.join("")),
  );
  const isRefusal = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
    }
  };
  fc.assert(
    fc.property(cell, (text) => {
      isRefusal(() => expiryOf(text));
      isRefusal(() => proofOf(text, authorities));
      expect(wordsOf(text).join("")).not.toMatch(/[\s;,]/);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test(`any text becomes lines of clients or a refusal (seed ${SEED})`, () => {
  const cell = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.constantFrom(...KEYS, '"', "\n", "", "\0"),
  );
  const file = fc.tuple(fc.array(cell, { maxLength: 60 }), fc.constantFrom(",", ";", "\t", "\n"));
  fc.assert(
    fc.property(file, ([cells, separator]) => {
      try {
        const rows = readClientFile(cells.join(separator));
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows) expect(Object.keys(row).sort()).toEqual([...KEYS, "line"].sort());
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("a long cell of blanks takes no time", () => {
  const began = performance.now();
  expect(() => proofOf(`uri:${" ".repeat(60_000)}x`, authorities)).toThrow(DomainError);
  expect(() => expiryOf(" ".repeat(60_000))).toThrow(DomainError);
  wordsOf(`${" ".repeat(60_000)}x`);
  expect(performance.now() - began).toBeLessThan(2_000);
});
