import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { bundlePem } from "#lib/inventory/trust-bundle-pem.ts";
import { decodePem } from "#lib/x509/pem.ts";

const notAfter = new Date("2031-05-01T12:00:00Z");
const der = Uint8Array.of(1, 2, 3);

test("each certificate stands below a line that names it and one that says when it ends", () => {
  expect(bundlePem("Partners", [{ name: "Root, München", notAfter, der }])).toBe(
    "# Partners\n\n# Root, München\n# not after 2031-05-01T12:00:00.000Z\n-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n",
  );
});

test("a name with line breaks, dashes and escapes stays a comment", () => {
  const name = "CN=a\r\n-----BEGIN CERTIFICATE-----\u2028\u001b[31m\u202e\u0000";
  const text = bundlePem(name, [{ name, notAfter, der }]);
  expect(text.match(/-----BEGIN/g)).toHaveLength(1);
  expect(text.split("\n").filter((line) => line.includes("BEGIN"))).toEqual([
    "# CN=a --BEGIN CERTIFICATE-- [31m",
    "# CN=a --BEGIN CERTIFICATE-- [31m",
    "-----BEGIN CERTIFICATE-----",
  ]);
});

test("whatever the names hold, the certificates are read back and no line is longer than openssl reads at once", () => {
  const bodies = fc.uint8Array({ minLength: 1, maxLength: 100 });
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.constant("-----END X-----\n".repeat(30)),
  );
  fc.assert(
    fc.property(
      name,
      fc.array(fc.tuple(name, bodies), { minLength: 1, maxLength: 4 }),
      (heading, members) => {
        const text = bundlePem(
          heading,
          members.map(([each, body]) => ({ name: each, notAfter, der: body })),
        );
        const read = decodePem(text, { field: "bundle", allowComments: true });
        expect(read.map((block) => Buffer.from(block.der).toString("hex"))).toEqual(
          members.map(([, body]) => Buffer.from(body).toString("hex")),
        );
        for (const line of text.split("\n")) expect(Buffer.byteLength(line)).toBeLessThan(254);
      },
    ),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});
