import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprintOf, readSearchInput } from "#components/certificate/pasted-certificate.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { encodePem } from "#lib/x509/pem.ts";

const DER = Uint8Array.from({ length: 700 }, (_, index) => (index * 7) % 256);

test("words stay words, on one line", () => {
  expect(readSearchInput("  api\nexample \t x ")).toEqual({ kind: "text", text: "api example x" });
});

test.each([
  ["as it is", encodePem("CERTIFICATE", DER)],
  ["without its line breaks", encodePem("CERTIFICATE", DER).replaceAll("\n", "")],
  [
    "with blanks for line breaks and text before",
    `subject=x ${encodePem("CERTIFICATE", DER).replaceAll("\n", " ")}`,
  ],
  ["the first of a chain", encodePem("CERTIFICATE", DER) + encodePem("CERTIFICATE", DER.slice(5))],
])("a certificate in PEM is looked for by its fingerprint: %s", async (_, pem) => {
  const input = readSearchInput(pem);
  if (input.kind !== "certificate") throw new Error(input.kind);
  expect(await fingerprintOf(input.der)).toBe(createHash("sha256").update(DER).digest("hex"));
});

test.each([
  [encodePem("PRIVATE KEY", DER), /private key/],
  [encodePem("EC PRIVATE KEY", DER), /private key/],
  [encodePem("CERTIFICATE REQUEST", DER), /certificate request/],
  [encodePem("CERTIFICATE", DER).slice(0, 300), /not whole/],
  ["-----BEGIN CERTIFICATE----- §§§ -----END CERTIFICATE-----", /not whole/],
  ["-----BEGIN CERTIFICATE----------END CERTIFICATE-----", /not whole/],
])("what is no certificate is refused and not repeated", (text, reason) => {
  const input = readSearchInput(text);
  expect(input).toEqual({ kind: "refused", reason: expect.stringMatching(reason) });
  expect(JSON.stringify(input)).not.toContain("AAcO");
});

test("any text gives an answer", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom("-----BEGIN ", "CERTIFICATE", "-----", "-----END"))),
      (parts) => {
        expect(["text", "certificate", "refused"]).toContain(readSearchInput(parts.join("")).kind);
      },
    ),
    { seed: SEED, numRuns: FUZZ_RUNS },
  );
});
