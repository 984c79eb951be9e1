import { expect, test } from "vitest";
import {
  candidatesWords,
  certaintyWords,
  comebackWords,
  failureName,
  rateWords,
  shortWho,
  whoWords,
} from "#components/failures/failure-words.ts";

const nobody = { client: null, presentedName: "", isOfMany: false, direction: "inbound" } as const;

test.each([
  [{ ...nobody, client: { id: "c", name: "Billing" }, presentedName: "CN=billing" }, "Billing"],
  [{ ...nobody, presentedName: "CN=robot,O=Example" }, "CN=robot,O=Example"],
  [{ ...nobody, isOfMany: true }, "Many strangers"],
  [nobody, "Somebody without a name"],
  [{ ...nobody, direction: "upstream" }, "The upstream"],
  [{ ...nobody, presentedName: "CN=a\u202etxt" }, "CN=a⟨U+202E⟩txt"],
] as const)("%j is called %s", (failure, words) => {
  expect(whoWords(failure)).toBe(words);
});

test.each([
  ["CN=robot.example.test, OU=Plant 3, O=Example Ltd", "robot.example.test"],
  ["O=Example Ltd,CN=robot", "robot"],
  ["/C=DE/O=Example/CN=robot", "robot"],
  ["O=Example Ltd", "O=Example Ltd"],
  ["O=ACN=x", "O=ACN=x"],
  ["CN=", "CN="],
  ["robot.example.test", "robot.example.test"],
])("in a list %s is %s", (presentedName, words) => {
  expect(shortWho({ ...nobody, presentedName })).toBe(words);
});

test("how sure a cause is, is said in words", () => {
  expect(certaintyWords({ certainty: "certain", candidates: ["self-signed"] })).toBe("certain");
  const two = ["self-signed", "issuer-unknown"] as const;
  expect(certaintyWords({ certainty: "one-of", candidates: [...two] })).toBe("likeliest of 2");
  expect(certaintyWords({ certainty: "one-of", candidates: ["self-signed"] })).toBe("likely");
  expect(certaintyWords({ certainty: "cannot-tell", candidates: [...two] })).toContain("guess");
});

test("only what is open again came back", () => {
  expect(comebackWords({ state: "open", regressions: 0 })).toBeNull();
  expect(comebackWords({ state: "open", regressions: 1 })).toBe("came back");
  expect(comebackWords({ state: "open", regressions: 3 })).toBe("came back 3 times");
  expect(comebackWords({ state: "resolved", regressions: 3 })).toBeNull();
});

test("a failure is called by its cause and whose it is", () => {
  expect(failureName({ ...nobody, cause: "not-tls" })).toBe("Not TLS: Somebody without a name");
});

test.each([
  [0, "hardly any in the last hours"],
  [2.34, "about 2.3 an hour now"],
  [1234.5, "about 1,235 an hour now"],
])("a pace of %f is %s", (rate, words) => {
  expect(rateWords(rate)).toBe(words);
});

test.each([
  ["one-of", 1, "Likely, and not certain"],
  ["one-of", 3, "One of 3, the likeliest first"],
  ["cannot-tell", 2, "The log does not tell which; it usually is"],
] as const)("what stands above the candidates of %s with %i", (certainty, count, words) => {
  expect(candidatesWords(certainty, count)).toBe(words);
});
