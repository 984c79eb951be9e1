import { expect, test } from "vitest";
import { z } from "zod";
import { formSchema, text, wholeNumber } from "#lib/web/form-schema.ts";
import { refusalOf } from "#lib/web/refusal.ts";

test("a form is read field by field, and a list with all its values", () => {
  const form = new FormData();
  form.append("name", "ci");
  form.append("days", "30");
  form.append("scopes", "a");
  form.append("scopes", "b");
  form.append("role", "admin");
  const schema = formSchema({ name: text, days: wholeNumber, scopes: z.array(text) });
  expect(schema.parse(form)).toEqual({ name: "ci", days: 30, scopes: ["a", "b"] });
});

test("what is missing from a form is named", () => {
  const result = formSchema({ name: text }).safeParse(new FormData());
  expect(result.error?.issues).toMatchObject([{ path: ["name"] }]);
});

test("an answer that was done is no refusal", () => {
  expect(refusalOf({ data: 1 })).toBeUndefined();
  expect(refusalOf(undefined)).toBeUndefined();
});

test("input that does not parse is refused field by field", () => {
  expect(refusalOf({ validationErrors: { fieldErrors: { name: ["is missing"] } } })).toEqual({
    message: "is missing",
    violations: [{ field: "name", rule: "input", detail: "is missing" }],
  });
});
