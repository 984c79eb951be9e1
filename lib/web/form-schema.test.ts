import { expect, test } from "vitest";
import { authorityInputSchema } from "#lib/authority/authority-input.ts";
import { profileInputSchema } from "#lib/authority/profile-change.ts";
import { formSchema, pickedIds, rawText, text } from "#lib/web/form-schema.ts";

const DECEIVING = ["a\0b", "a\u202eb", "a\u200bb", "a\u001bb", "a\ud800b"];
const SENTENCE =
  /^holds (a NUL character|the .+) \(?U\+[0-9A-F]{4}\)?, which would deceive whoever reads it$/;

test.each(DECEIVING)("names and descriptions hold nothing that deceives their reader: %j", (bad) => {
  const messages = (result: { error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined }) =>
    Object.fromEntries(result.error?.issues.map(({ path, message }) => [path.join("."), message]) ?? []);
  const profile = messages(profileInputSchema.safeParse({ name: bad, description: bad }));
  expect(profile.name).toMatch(SENTENCE);
  expect(profile.description).toMatch(SENTENCE);
  const authority = messages(authorityInputSchema.safeParse({ name: bad, organisation: bad }));
  expect(authority.name).toMatch(SENTENCE);
  expect(authority.organisation).toMatch(SENTENCE);
  const form = messages(formSchema({ name: text }).safeParse({ name: bad }));
  expect(form.name).toMatch(SENTENCE);
});

test("a paragraph may have lines, and a password anything", () => {
  expect(text.safeParse("one\r\n\ttwo").success).toBe(true);
  expect(rawText.safeParse("a\u202eb").success).toBe(true);
});

test("what cannot be an id is not picked", () => {
  expect(pickedIds.parse(["01m835tkrq", "a\0b", "", "\ud800", "' OR 1=1", "a".repeat(300), "B-2"])).toEqual([
    "01m835tkrq",
    "B-2",
  ]);
});
