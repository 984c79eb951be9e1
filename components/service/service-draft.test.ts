import { expect, test } from "vitest";
import { NEW_SERVICE, STRENGTH_WORDS, serviceInput } from "#components/service/service-draft.ts";
import { STRENGTHS, serviceInputSchema } from "#lib/access/service-input.ts";

test("host names may stand on lines of their own or between commas", () => {
  const draft = {
    ...NEW_SERVICE,
    slug: "orders",
    name: "Orders",
    hostNames: " a.example\nb.example, C.example\n",
  };
  expect(serviceInputSchema.parse(serviceInput(draft)).hostNames).toEqual([
    "a.example",
    "b.example",
    "c.example",
  ]);
});

test("every strength that can be chosen has words", () => {
  expect(Object.keys(STRENGTH_WORDS)).toEqual(STRENGTHS.map(String));
});
