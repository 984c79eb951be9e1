import { expect, test } from "vitest";
import { checkCrl, isPresentCrl } from "#lib/authority/crl-source-check.ts";
import { addSeconds } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { type ParsedCrl, readCrl } from "#lib/x509/crl-reader.ts";
import type { CrlScope } from "#lib/x509/crl-scope.ts";
import { testAuthority } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

const root = await testAuthority();
const issuer = {
  certificateId: "root",
  name: "Test Root",
  issuerName: "CN=Test Root,O=Example",
  parsed: readForeignCertificate(root.der),
};
const now = new Date();
const sound = readCrl(testCrl(root, { number: 5n }));
const scope: CrlScope = { urls: [], only: null, onlySomeReasons: false, isIndirect: false };

async function refusal(crl: ParsedCrl): Promise<string> {
  try {
    await checkCrl(crl, issuer, now);
  } catch (error) {
    if (error instanceof DomainError) return `${error.violations[0]?.rule}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

test("a complete CRL of the issuer is accepted without a word", async () => {
  expect(await checkCrl(sound, issuer, now)).toEqual([]);
});

test("a delta CRL is refused", async () => {
  expect(await refusal({ ...sound, isDelta: true })).toContain("crl.delta: This is a delta CRL");
});

test.each([
  [{ ...scope, isIndirect: true }, "several issuers"],
  [{ ...scope, onlySomeReasons: true }, "for some reasons"],
  [{ ...scope, only: "user" as const }, "end-entity certificates only"],
  [{ ...scope, only: "authority" as const }, "certificates of authorities only"],
  [{ ...scope, only: "attribute" as const }, "attribute certificates only"],
  [{ ...scope, urls: ["http://crl.example/7.crl"] }, "name its distribution point"],
])(
  "a CRL that is not about all certificates is refused, and says about which it is (%#)",
  async (limited, words) => {
    const said = await refusal({ ...sound, isPartial: true, scope: limited });
    expect(said).toContain("crl.partial");
    expect(said).toContain(words);
  },
);

test("one that does not say when the next comes is accepted with a warning", async () => {
  expect((await checkCrl({ ...sound, nextUpdate: null }, issuer, now)).join()).toContain("stale");
});

test("an expired issuer is told", async () => {
  const expired = { ...issuer, parsed: { ...issuer.parsed, notAfter: addSeconds(now, -1) } };
  expect((await checkCrl(sound, expired, now)).join()).toContain("itself has expired");
});

test("lists without a number are compared by their time", () => {
  const present = { number: null, thisUpdate: sound.thisUpdate, sha256: "a" };
  expect(isPresentCrl({ ...sound, number: null }, "b", present)).toBe(false);
  expect(isPresentCrl({ ...sound, number: null }, "a", present)).toBe(true);
  const older = { ...sound, number: null, thisUpdate: addSeconds(sound.thisUpdate, -1) };
  expect(() => isPresentCrl(older, "b", present)).toThrow(expect.objectContaining({ code: "conflict" }));
});
