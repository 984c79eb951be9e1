import { expect, test } from "vitest";
import { clientInput, NEW_CLIENT, readUtc, typedUtc } from "#components/client/client-draft.ts";
import { DomainError } from "#lib/errors.ts";

test("a draft becomes what the domain takes: tags one by one, the end in UTC", () => {
  expect(
    clientInput({ ...NEW_CLIENT, name: "billing", tags: "A, b;c  a", expiresAt: "2027-02-03T04:05" }),
  ).toMatchObject({
    name: "billing",
    tags: ["a", "b", "c", "a"],
    expiresAt: new Date("2027-02-03T04:05:00Z"),
  });
  expect(clientInput(NEW_CLIENT)).toMatchObject({ tags: [], expiresAt: null });
});

test("what is no time is refused by the name of its field", () => {
  expect(() => readUtc("soon", "endsAt")).toThrow(DomainError);
});

test("a time is typed as it was read", () => {
  expect(typedUtc(readUtc("2027-02-03T04:05", "endsAt"))).toBe("2027-02-03T04:05");
  expect(typedUtc(null)).toBe("");
});
