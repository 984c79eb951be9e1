import { expect, test } from "vitest";
import { strongPassword } from "#components/certificate/strong-password.ts";

test("a password has five groups of five unmistakable characters, and never comes twice", () => {
  const made = Array.from({ length: 200 }, strongPassword);
  for (const password of made) expect(password).toMatch(/^[a-km-np-z2-9]{5}(-[a-km-np-z2-9]{5}){4}$/);
  expect(new Set(made).size).toBe(made.length);
});

test("every character of the alphabet is used, all about equally often", () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 2_000; index++) {
    for (const letter of strongPassword().replaceAll("-", ""))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(counts.size).toBe(32);
  for (const count of counts.values()) expect(Math.abs(count / (50_000 / 32) - 1)).toBeLessThan(0.2);
});
