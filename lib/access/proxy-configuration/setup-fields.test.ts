import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { readSetupFields, USUAL_FIELDS } from "./setup-fields.ts";

test("what is not said is as usual, and that is right", () => {
  expect(readSetupFields({})).toEqual({ fields: USUAL_FIELDS, errors: {} });
});

const WRONG: [string, string][] = [
  ["name", "service.example.com; include /etc/passwd"],
  ["name", "-x.example"],
  ["name", ""],
  ["port", "0"],
  ["port", "65536"],
  ["port", "443;"],
  ["upstream", "127.0.0.1"],
  ["upstream", "127.0.0.1:8080;"],
  ["upstream", "a b:80"],
  ["open", "0"],
  ["open", "1.5"],
  ["resolver", "dns.example"],
  ["resolver", "10.0.0.53; x"],
];
test.each(WRONG)("%s %j is refused by name, and stays to be put right", (name, value) => {
  const { fields, errors } = readSetupFields({ [name]: value });
  expect(Object.keys(errors)).toEqual([name]);
  expect(fields).toMatchObject({ [name]: value });
});

test("nothing that a configuration would take for more than a word gets through", () => {
  const names = ["name", "port", "upstream", "open", "resolver"] as const;
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.string(), (name, value) => {
      const { fields, errors } = readSetupFields({ [name]: value });
      if (errors[name] === undefined) expect(fields[name]).toMatch(/^[a-z0-9.:-]*$/i);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});
