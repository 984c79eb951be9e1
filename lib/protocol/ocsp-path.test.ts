import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { afterOcsp, requestInPath } from "#lib/protocol/ocsp-path.ts";

test.each([
  ["/ocsp", ""],
  ["/ocsp/", "/"],
  ["/ocsp/MFE//x=", "/MFE//x="],
  ["/ocsp/MFE?x=/y", "/MFE"],
  ["http://host:3080/ocsp/MFE", "/MFE"],
])("%s is ours", (target, rest) => {
  expect(afterOcsp(target)).toBe(rest);
});

test.each(["/", "", "/ocspx", "/OCSP", "//ocsp", "/crl/ocsp", "*", "http://host", "/healthz?/ocsp"])(
  "%s is not ours",
  (target) => {
    expect(afterOcsp(target)).toBeNull();
  },
);

/** How clients write a request into a path. */
const FORMS: ((base64: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  (text) => text.replace(/=+$/, ""),
  (text) => text.replaceAll("+", "-").replaceAll("/", "_"),
  (text) => text.replaceAll("+", "%20"),
  (text) => text.replaceAll("=", "%3D"),
];

test("every request is read as it was meant, whatever bytes are in it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.constantFrom(...FORMS), (bytes, form) => {
      // As DER it begins with a SEQUENCE.
      const request = Buffer.concat([Buffer.of(0x30), bytes]);
      const rest = afterOcsp(`/ocsp/${form(request.toString("base64"))}`);
      expect(requestInPath(rest ?? "")).toEqual(request);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("whatever stands in a path, it is read or refused", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const request = requestInPath(text);
      expect(request === null || request.length <= text.length).toBe(true);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
  expect(requestInPath(`/${"A".repeat(40_000)}`)).toBeNull();
  expect(requestInPath("")).toBeNull();
});
