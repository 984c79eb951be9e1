import { expect, test } from "vitest";
import { grantTermsSchema } from "#lib/access/grant-input.ts";

const findings = (paths: string[], methods: string[] = []) =>
  grantTermsSchema
    .safeParse({ serviceId: "1", paths, methods })
    .error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`);

test("each path and method that cannot be taken is named", () => {
  expect(findings(["/good", "/a/../b", "/a//b"], ["get"])).toEqual([
    "paths.1 “/a/../b” is no path that every program reads alike",
    "paths.2 “/a//b” is no path that every program reads alike",
    "methods.0 “get” is no method in upper case",
  ]);
  expect(findings(["/good"], ["GET"])).toBeUndefined();
});

test("a long path is named by its beginning", () => {
  const [finding = ""] = findings([`/../${"x".repeat(1000)}`]) ?? [];
  expect(finding.length).toBeLessThan(150);
});
