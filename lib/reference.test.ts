import { expect, test } from "vitest";
import { isReference } from "#lib/reference.ts";

test("only what an id, a short name, a serial number or a fingerprint is made of refers to something", () => {
  for (const good of ["server", "ca-2", "00ff", "01jd0z", "A".repeat(64)])
    expect(isReference(good)).toBe(true);
  for (const bad of ["", "\0", "a\0", "ü", "a b", "..", "a\n", "a".repeat(256)]) {
    expect(isReference(bad)).toBe(false);
  }
});
