import { expect, test } from "vitest";
import { slugFromName } from "#components/profile/slug-from-name.ts";

test.each([
  ["Payments clients", "payments-clients"],
  ["  Édge & Köln (2)  ", "edge-koln-2"],
  ["日本", ""],
  ["a".repeat(60), "a".repeat(48)],
  [`${"a".repeat(47)} b`, "a".repeat(47)],
])("%j becomes %j", (name, slug) => {
  expect(slugFromName(name)).toBe(slug);
});
