import { expect, test } from "vitest";
import { localPath } from "#lib/web/local-path.ts";

test.each([
  ["/certificates?status=expired", "/certificates?status=expired"],
  ["/", "/"],
  ["//evil.test", "/"],
  ["/\\evil.test", "/"],
  ["/\t/evil.test", "/"],
  ["https://evil.test/", "/"],
  ["javascript:alert(1)", "/"],
  ["certificates", "/"],
  [undefined, "/"],
  [["/a"], "/"],
])("after signing in, %j leads to %s", (wanted, path) => {
  expect(localPath(wanted)).toBe(path);
});
