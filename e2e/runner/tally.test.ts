import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tallyOfCheck, tallyOfPlaywright, tallyOfVitest } from "./tally.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-tally-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function reportOf(content: unknown): string {
  const file = join(folder, "report.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

test("a check counts as one", () => {
  expect(tallyOfCheck("types", 0)).toMatchObject({ passed: 1, failures: [] });
  expect(tallyOfCheck("types", 2)).toMatchObject({ passed: 0, failures: ["types"] });
});

test("Vitest's tests are counted by how they ended, and a file that cannot be loaded as a failure", () => {
  const result = (status: string) => ({ status, fullName: `is ${status}` });
  const report = reportOf({
    testResults: [
      {
        name: "a.test.ts",
        status: "failed",
        message: "",
        assertionResults: [result("passed"), result("failed")],
      },
      {
        name: "b.test.ts",
        status: "passed",
        message: "",
        assertionResults: [result("pending"), result("todo")],
      },
      { name: "c.test.ts", status: "failed", message: "Cannot find x\n  at", assertionResults: [] },
    ],
  });
  expect(tallyOfVitest("unit", report, 1)).toEqual({
    passed: 1,
    skipped: 2,
    skips: ["unit: b.test.ts › is pending", "unit: b.test.ts › is todo"],
    failures: ["unit: a.test.ts › is failed", "unit: c.test.ts: Cannot find x"],
  });
});

test("a file whose set-up failed after its tests passed is a failure", () => {
  const assertionResults = [{ status: "passed", fullName: "x" }];
  const report = reportOf({
    testResults: [{ name: "a.test.ts", status: "failed", message: "late", assertionResults }],
  });
  expect(tallyOfVitest("unit", report, 1).failures).toEqual(["unit: a.test.ts: late"]);
});

test("Playwright's tests are counted through all suites, and one that passed at a second try failed", () => {
  const spec = (status: string) => ({ title: status, tests: [{ status }] });
  const report = reportOf({
    suites: [
      {
        file: "a.spec.ts",
        specs: [spec("expected"), spec("skipped")],
        suites: [{ file: "a.spec.ts", specs: [spec("unexpected"), spec("flaky")] }],
      },
    ],
  });
  expect(tallyOfPlaywright("journeys", report, 1)).toEqual({
    passed: 1,
    skipped: 1,
    skips: ["journeys: a.spec.ts › skipped"],
    failures: ["journeys: a.spec.ts › unexpected", "journeys: a.spec.ts › flaky"],
  });
});

test("a run that broke off is a failure even if no test was", () => {
  expect(tallyOfVitest("unit", join(folder, "none.json"), 124).failures).toHaveLength(1);
  expect(tallyOfPlaywright("journeys", reportOf({ suites: [] }), 1).failures).toHaveLength(1);
});
