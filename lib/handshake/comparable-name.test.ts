import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { encodeName, formatName, type Name } from "#lib/x509/name.ts";
import { comparableName, comparableOf } from "./comparable-name.ts";

const NAME: Name = [
  [{ type: "2.5.4.6", value: "IS" }],
  [{ type: "2.5.4.10", value: 'Hekla Freight, "North" + Sons' }],
  [{ type: "2.5.4.11", value: "Þjónusta" }],
  [{ type: "2.5.4.3", value: "depot-4.hekla.example" }],
  [{ type: "1.2.840.113549.1.9.1", value: "ops@hekla.example" }],
];

describe("one name, written by", () => {
  test.each<[string, string]>([
    [
      "nginx (RFC 2253, octets escaped)",
      'emailAddress=ops@hekla.example,CN=depot-4.hekla.example,OU=\\C3\\9Ej\\C3\\B3nusta,O=Hekla Freight\\, \\"North\\" \\+ Sons,C=IS',
    ],
    [
      "Apache (RFC 2253, octets as in its log)",
      'emailAddress=ops@hekla.example,CN=depot-4.hekla.example,OU=\\xc3\\x9ej\\xc3\\xb3nusta,O=Hekla Freight\\, \\"North\\" \\+ Sons,C=IS',
    ],
    [
      "HAProxy (slashes, nothing escaped)",
      '/C=IS/O=Hekla Freight, "North" + Sons/OU=Þjónusta/CN=depot-4.hekla.example/emailAddress=ops@hekla.example',
    ],
    [
      "stunnel (root first)",
      'C=IS, O="Hekla Freight, \\"North\\" + Sons", OU=Þjónusta, CN=depot-4.hekla.example, emailAddress=ops@hekla.example',
    ],
    [
      "OpenSSL's tools (blanks round the sign)",
      'C = IS, O = "Hekla Freight, \\"North\\" + Sons", OU = Þjónusta, CN = depot-4.hekla.example, emailAddress = ops@hekla.example',
    ],
    [
      "somebody with numbers for types",
      "1.2.840.113549.1.9.1=#16116f70734068656b6c612e6578616d706c65,2.5.4.3=depot-4.hekla.example,2.5.4.11=Þjónusta,O=HEKLA  Freight\\2C \\22North\\22 \\2B Sons,C=is",
    ],
  ])("%s is the same", (_, text) => {
    expect(comparableName(text)).toBe(comparableOf(NAME));
  });

  test.each([
    ["", null],
    ["   ", null],
    ["-", null],
    ["depot-4.hekla.example", null],
    ["GET / HTTP/1.1", null],
    ["somebody CN=depot", null],
    ["Unknown=thing", null],
    [`CN=${"a".repeat(9_000)}`, null],
    [Array.from({ length: 70 }, () => "OU=a").join(","), null],
  ])("%j is no name", (text, expected) => {
    expect(comparableName(text)).toBe(expected);
  });

  test("different names are different, also where one's value has the other's text in it", () => {
    const names = ["CN=a,O=b", "CN=a", "CN=a/O\\=b", "CN=b,O=a", "CN=a\\,O\\=b", "OU=a,O=b"].map(
      comparableName,
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("fuzzing", () => {
  const value = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(isWritable);
  const type = fc.constantFrom("2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.7", "0.9.2342.19200300.100.1.1");
  const name = fc.array(fc.tuple(type, value), { minLength: 1, maxLength: 6 });

  test("whatever is in a name, its RFC 4514 text compares with it", () => {
    fc.assert(
      fc.property(name, (attributes) => {
        const written: Name = attributes.map(([of, text]) => [{ type: of, value: text }]);
        expect(comparableName(formatName(written))).toBe(comparableOf(written));
      }),
      { seed: SEED, numRuns: FUZZ_RUNS },
    );
  });

  test("no text makes it throw", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom("CN=", "/O=", ", ", "+", "\\", '"', "\\C3", "\\x", "#0c", "=", "2.5.4."),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        comparableName(pieces.join(""));
      }),
      { seed: SEED, numRuns: FUZZ_RUNS },
    );
  });

  test.each(["CN=", "/O=a", ",", "+", "\\", '"', "\\C3", "CN=a,", "1.", " "])(
    "%j again and again takes time in proportion",
    (piece) => {
      const time = (length: number) => {
        const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
        const began = performance.now();
        for (let run = 0; run < 8_000 / length; run++) comparableName(text);
        return performance.now() - began;
      };
      time(80);
      // As many characters in all; generous, as the machine may have other work.
      expect(time(8_000)).toBeLessThan(20 * time(80) + 50);
    },
  );
});

/** Characters that no certificate may have are written in a way that is not read back. */
function isWritable(text: string): boolean {
  try {
    encodeName([[{ type: "2.5.4.3", value: text }]]);
  } catch {
    return false;
  }
  return text.trim() !== "";
}
