import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/** How the tests of one step ended. */
export interface Tally {
  passed: number;
  skipped: number;
  /** One line per failed test. */
  failures: string[];
  /** One line per skipped test. */
  skips: string[];
}

/** A check without tests of its own counts as one. */
export function tallyOfCheck(title: string, exitCode: number): Tally {
  const failures = exitCode === 0 ? [] : [title];
  return { passed: 1 - failures.length, skipped: 0, failures, skips: [] };
}

interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
}

/** @param file written by Vitest's JSON reporter; a run that broke off has none */
export function tallyOfVitest(title: string, file: string, exitCode: number): Tally {
  const tally: Tally = { passed: 0, skipped: 0, failures: [], skips: [] };
  const report = readReport<VitestReport>(file);
  for (const { name, status, message, assertionResults } of report?.testResults ?? []) {
    const place = `${title}: ${relative(process.cwd(), name)}`;
    for (const result of assertionResults) {
      if (result.status === "passed") tally.passed++;
      else if (result.status === "failed") tally.failures.push(`${place} › ${result.fullName}`);
      else tally.skips.push(`${place} › ${result.fullName}`);
    }
    // A file that cannot even be loaded has no tests to count.
    const isCounted = assertionResults.some((result) => result.status === "failed");
    if (status === "failed" && !isCounted) tally.failures.push(`${place}: ${message.split("\n")[0]}`);
  }
  return settled(tally, title, exitCode);
}

interface PlaywrightSuite {
  file: string;
  suites?: PlaywrightSuite[];
  specs: { title: string; tests: { status: "expected" | "unexpected" | "flaky" | "skipped" }[] }[];
}

/** @param file written by Playwright's JSON reporter */
export function tallyOfPlaywright(title: string, file: string, exitCode: number): Tally {
  const tally: Tally = { passed: 0, skipped: 0, failures: [], skips: [] };
  const report = readReport<{ suites: PlaywrightSuite[] }>(file);
  const visit = (suite: PlaywrightSuite) => {
    for (const spec of suite.specs) {
      const name = `${title}: ${suite.file} › ${spec.title}`;
      for (const { status } of spec.tests) {
        if (status === "expected") tally.passed++;
        else if (status === "skipped") tally.skips.push(name);
        else tally.failures.push(name);
      }
    }
    suite.suites?.forEach(visit);
  };
  report?.suites.forEach(visit);
  return settled(tally, title, exitCode);
}

/** A run that ended badly without a failed test has broken off: that counts as one. */
function settled(tally: Tally, title: string, exitCode: number): Tally {
  if (exitCode !== 0 && tally.failures.length === 0) {
    tally.failures.push(`${title}: ended with code ${exitCode} before its tests were done`);
  }
  tally.skipped = tally.skips.length;
  return tally;
}

function readReport<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
}
