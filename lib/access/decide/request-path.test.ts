import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { clearPath, isBelow } from "./request-path.ts";

test.each([
  ["/api", "/api"],
  ["/api/v1/orders?from=/admin", "/api/v1/orders"],
  ["/api/caf%C3%A9", "/api/caf%C3%A9"],
  ["/a.b/.well-known/x", "/a.b/.well-known/x"],
  ["/...", "/..."],
  ["/api/urn%3aisbn%3A1/a%2Cb%40c", "/api/urn%3aisbn%3A1/a%2Cb%40c"],
  ["/api/my%20file%20.txt", "/api/my%20file%20.txt"],
  ["/api/%e6%97%a5%e6%9c%ac.txt", "/api/%e6%97%a5%e6%9c%ac.txt"],
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
  // A percent sign without its two digits, also as IIS once wrote it.
  "/api/%",
  "/api/%2",
  "/api/%zz",
  "/api/%u002e%u002e/admin",
  // White space, line ends and ends of paths, which some cut off.
  "/api/..%20/admin",
  "/api/%20../admin",
  "/api/%20%20./admin",
  "/api/%20/admin",
  "/api/x/%20",
  "/api/..%0a/",
  "/api/..%0d%0a/",
  "/api/.%09./x",
  "/api/..%7f/x",
  "/api/..%23/x",
  "/api/x%23/../y",
  "/api/x%23y",
  "/api/..%3f",
  "/api/x%3fy",
  "/api/..%3b/x",
  // What needs no encoding, encoded.
  "/api/%32%65%32%65/x",
  "/api/%61",
  "/api/%5A",
  "/api/%7e",
  "/api/a%2Db%5Fc",
  // Dots that go on in code.
  "/api/..%21/x",
  "/api/.%e2%80%8b./x",
  // Longer forms than the shortest, and what is no UTF-8.
  "/api/%c0%ae%c0%ae/admin",
  "/api/%c1%9cadmin",
  "/api/%e0%80%ae/admin",
  "/api/%e9",
  // Fullwidth and small forms, leaders, fractions, and a space of no width.
  "/api/%ef%bc%8e%ef%bc%8e/admin",
  "/api/..%ef%bc%8fadmin",
  "/api/x%ef%bc%8f..%ef%bc%8fadmin",
  "/api/x%EF%BC%BCadmin",
  "/api/%ef%bc%852e/admin",
  "/api/%e2%80%a5/admin",
  "/api/%ef%b9%92%ef%b9%92/admin",
  "/api/x%e2%88%95admin",
  "/api/%e3%80%82%e3%80%82/admin",
  "/api/%e2%80%8b../admin",
  // Of private use, and not assigned.
  "/api/%ee%80%80../admin",
  "/api/%cd%b8../admin",
  "/api/%c2%a0/admin",
])("a path that somebody could read otherwise is none: %j", (target) => {
  expect(clearPath(target)).toBeNull();
});

test("no encoding of a clear path, decoded as often as anybody likes, leads out of its prefix", () => {
  const octet = fc.integer({ min: 0, max: 255 }).map((value) => `%${value.toString(16).padStart(2, "0")}`);
  const piece = fc.oneof(
    fc.constantFrom("/", ".", "..", "%", "%25", "%u002e", "a", ";", "%ef%bc%8e", "%ef%bc%8f", "%c0%ae"),
    octet,
  );
  let clear = 0;
  const property = (pieces: string[]) => {
    const path = clearPath(`/api/${pieces.join("")}`);
    if (path === null) return;
    clear++;
    let read = path;
    for (let turn = 0; turn < 3; turn++) {
      read = decodeURIComponent(read).normalize("NFKC");
      // A URL parser knows upward segments, backslashes and what ends a path.
      expect(new URL(`http://x${read.replace(/\p{C}/gu, "")}`).pathname).toMatch(/^\/api\//);
    }
  };
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), property), {
    numRuns: FUZZ_RUNS * 20,
    seed: SEED,
  });
  expect(clear).toBeGreaterThan(FUZZ_RUNS / 2);
});

test("a prefix ends at the end of a segment", () => {
  expect(isBelow("/api", "/api")).toBe(true);
  expect(isBelow("/api/x", "/api")).toBe(true);
  expect(isBelow("/api/", "/api/")).toBe(true);
  expect(isBelow("/apix", "/api")).toBe(false);
  expect(isBelow("/api", "/api/")).toBe(false);
  expect(isBelow("/anything", "/")).toBe(true);
});
