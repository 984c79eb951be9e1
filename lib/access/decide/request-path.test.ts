import { expect, test } from "vitest";
import { clearPath, isBelow } from "./request-path.ts";

test.each([
  ["/api", "/api"],
  ["/api/v1/orders?from=/admin", "/api/v1/orders"],
  ["/api/caf%C3%A9", "/api/caf%C3%A9"],
  ["/a.b/.well-known/x", "/a.b/.well-known/x"],
  ["/...", "/..."],
])("a path that everybody reads alike is clear: %s", (target, path) => {
  expect(clearPath(target)).toBe(path);
});

test.each([
  "",
  "api",
  "https://api.example/api",
  "*",
  "/api/../admin",
  "/api/..",
  "/api/./x",
  "/api/..;/admin",
  "/api/..;v=1/admin",
  "/api/%2e%2e/admin",
  "/api/%2E./admin",
  "/api%2fadmin",
  "/api/%252e%252e/admin",
  "/api/%25252e/admin",
  "/api\\..\\admin",
  "/api/%5c../admin",
  "//api",
  "/api//admin",
  "/api/%00",
  "/api/\u0000",
  "/api/ü",
  "/api/x y",
])("a path that somebody could read otherwise is none: %j", (target) => {
  expect(clearPath(target)).toBeNull();
});

test("a prefix ends at the end of a segment", () => {
  expect(isBelow("/api", "/api")).toBe(true);
  expect(isBelow("/api/x", "/api")).toBe(true);
  expect(isBelow("/api/", "/api/")).toBe(true);
  expect(isBelow("/apix", "/api")).toBe(false);
  expect(isBelow("/api", "/api/")).toBe(false);
  expect(isBelow("/anything", "/")).toBe(true);
});
