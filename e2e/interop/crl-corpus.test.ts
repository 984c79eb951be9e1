import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DomainError } from "#lib/errors.ts";
import { type ParsedCrl, readCrl } from "#lib/x509/crl-reader.ts";
import { printedEntries } from "./openssl-text.ts";
import { run } from "./x509-checkers.ts";

/** The CRLs of NIST's test suite: other people's extensions, scopes, deltas and mistakes. */
const CORPUS = new URL("../../lib/x509/testdata/pkits-crls.pem.gz", import.meta.url);
const CRLS = gunzipSync(readFileSync(CORPUS))
  .toString()
  .split(/(?<=-----END X509 CRL-----\n)/)
  .map((text) => ({ name: text.split("\n")[0] as string, pem: new TextEncoder().encode(text) }));

/** Those that nobody may use, by the rule they break. */
const REFUSED: Readonly<Record<string, string>> = {
  Section4InvalidBadCRLSignatureTest4: "x690.type",
  Section4InvalidUnknownCRLEntryExtensionTest8: "rfc5280.5.3",
  Section4InvalidUnknownCRLExtensionTest9: "rfc5280.5.2",
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-crls-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every CRL of PKITS is read as openssl reads it, but for those that nobody may use", () => {
  expect(CRLS).toHaveLength(172);
  const refused: Record<string, string | undefined> = {};
  for (const { name, pem } of CRLS) {
    try {
      const crl = readCrl(pem);
      expect(factsOf(crl), name).toEqual(opensslFactsOf(pem));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refused[name] = error.violations[0]?.rule;
    }
  }
  expect(refused).toEqual(REFUSED);
});

function factsOf(crl: ParsedCrl) {
  const { thisUpdate, nextUpdate, number, isDelta, isPartial } = crl;
  const entries = [...crl.entries()].map(({ certificateIssuer: _, ...entry }) => entry);
  return { thisUpdate, nextUpdate, number, isDelta, isPartial, entries };
}

function opensslFactsOf(pem: Uint8Array) {
  writeFileSync(join(folder, "one.pem"), pem);
  const { output } = run(folder, "openssl", ["crl", "-in", "one.pem", "-noout", "-text"]);
  const number = /X509v3 CRL Number: *\n +(\d+)/.exec(output)?.[1];
  return {
    thisUpdate: new Date(/Last Update: (.+)/.exec(output)?.[1] ?? ""),
    nextUpdate: new Date(/Next Update: (.+)/.exec(output)?.[1] ?? ""),
    number: number === undefined ? null : BigInt(number),
    isDelta: output.includes("X509v3 Delta CRL Indicator"),
    isPartial: output.includes("X509v3 Issuing Distribution Point"),
    entries: printedEntries(output),
  };
}
