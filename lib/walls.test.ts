import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The linter's walls are only as good as their patterns: each must refuse what it is there for. */

const IMPORTS = "lint/style/noRestrictedImports";

/** What stands in a scratch file of this path, and the rule that must refuse it. */
const BROKEN: [path: string, line: string, rule: string][] = [
  ...[
    ["lib/protocol/*.ts", "#lib/server/plane.ts"],
    ["lib/web/*.ts", "#lib/protocol/application.ts"],
    ["lib/reports/*.ts", "#lib/web/session.ts"],
    ["lib/alerts/*.ts", "#lib/reports/report.ts"],
    ["lib/handshake/*.ts", "#lib/alerts/rule.ts"],
    ["lib/access/*.ts", "#lib/handshake/cause.ts"],
    ["lib/authority/*.ts", "#lib/access/decide.ts"],
    ["lib/inventory/*.ts", "#lib/authority/issue.ts"],
    ["lib/identity/*.ts", "#lib/inventory/certificate-read.ts"],
    ["lib/audit/*.ts", "#lib/identity/setup.ts"],
    ["lib/authorization/*.ts", "#lib/audit/append.ts"],
    ["lib/jobs/*.ts", "#lib/authorization/actor.ts"],
    ["lib/notify/*.ts", "#lib/audit/append.ts"],
    ["lib/x509/*.ts", "#lib/config.ts"],
    ["lib/x509/*.ts", "../clock.ts"],
    ["lib/x509/*.ts", "../audit/append.ts"],
    ["lib/x509/*.ts", "#prisma/generated/sqlite/client.ts"],
    ["lib/*.ts", "#lib/x509/der-writer.ts"],
    ["lib/database.ts", "#lib/audit/append.ts"],
    ["lib/identity/*.ts", "../audit/append.ts"],
    ["lib/identity/*.ts", "#prisma/generated/sqlite/client.ts"],
    ["lib/identity/*.ts", "#components/ui/button.tsx"],
    ["lib/identity/*.ts", "#e2e/fixtures/people.ts"],
    ["lib/authority/*.ts", "better-sqlite3"],
    ["lib/authority/*.ts", "@prisma/client"],
    ["lib/authority/*.ts", "pg"],
    ["lib/authority/*.ts", "next/headers"],
    ["lib/protocol/*.ts", "next/server"],
    ["lib/server/*.ts", "next"],
    ["lib/authority/*.ts", "better-auth"],
    ["lib/protocol/*.ts", "@better-auth/passkey"],
    ["lib/protocol/*.ts", "#lib/authority/key-store.ts"],
    ["lib/web/*.ts", "#lib/authority/key-store.ts"],
    ["app/*.tsx", "#lib/authority/key-store.ts"],
    ["app/*.tsx", "#lib/database.ts"],
    ["app/*.tsx", "#prisma/generated/sqlite/client.ts"],
    ["app/*.tsx", "better-sqlite3"],
    ["app/*.tsx", "#lib/protocol/application.ts"],
    ["app/(console)/*.tsx", "pg"],
    ["components/ui/*.tsx", "#lib/installation.ts"],
    ["components/ui/*.tsx", "#lib/driver.ts"],
    ["components/ui/*.tsx", "#app/layout.tsx"],
  ].map(([path = "", from]): [string, string, string] => [path, `export * from "${from}";`, IMPORTS]),
  ["lib/authority/*.ts", `export const load = () => import("#lib/access/decide.ts");`, IMPORTS],
  ["lib/authority/*.ts", `export type { Row } from "#prisma/generated/sqlite/models.ts";`, IMPORTS],
  ["lib/authority/*.ts", "export const home = process.env.HOME;", "lint/style/noProcessEnv"],
  ["app/*.ts", "export const home = process.env.HOME;", "lint/style/noProcessEnv"],
  ["lib/audit/one.ts", `export * from "./other.ts";`, "lint/suspicious/noImportCycles"],
  ["lib/audit/other.ts", `export * from "./one.ts";`, "lint/suspicious/noImportCycles"],
  ["lib/audit/*.ts", "export const x = (y: any) => y;", "lint/suspicious/noExplicitAny"],
  ["lib/audit/*.ts", `console.log("x");`, "lint/suspicious/noConsole"],
];

/** What must stay allowed, or the walls would be bricked up. */
const SOUND: [path: string, line: string][] = [
  ["lib/server/*.ts", `export * from "#lib/protocol/application.ts";`],
  ["lib/authority/*.ts", `export * from "#lib/audit/append.ts";\nexport * from "#lib/x509/csr.ts";`],
  ["lib/identity/*.ts", `export * from "#lib/authorization/actor.ts";\nexport * from "better-auth";`],
  ["lib/x509/*.ts", `export * from "../errors.ts";\nexport * from "./der-writer.ts";`],
  ["lib/web/*.ts", `export * from "next/headers";`],
  ["lib/server/console.ts", `export const load = () => import("next");`],
  [
    "lib/database.ts",
    `export * from "#prisma/generated/sqlite/client.ts";\nexport * from "@prisma/adapter-pg";`,
  ],
  ["lib/config.ts", "export const home = process.env.HOME;"],
  [
    "lib/audit/*.test.ts",
    `export * from "#e2e/fixtures/people.ts";\nexport * from "#lib/authority/issue.ts";`,
  ],
  ["app/*.tsx", `export * from "next/link";\nexport * from "#lib/authority/issue.ts";`],
];

const scratch = mkdtempSync(join(tmpdir(), "countersign-walls-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** `path rule` of every finding in the project of broken files and in that of sound ones. */
let broken: string[];
let sound: string[];

/** Several cases want a file in the same folder. */
const pathOf = (path: string, index: number) => path.replace("*", `case-${index}`);

beforeAll(() => {
  broken = lint("broken", BROKEN);
  sound = lint("sound", SOUND);
});

test.each(
  BROKEN.map(([path, line, rule], index) => ({ path, line, finding: `${pathOf(path, index)} ${rule}` })),
)("the linter refuses in $path: $line", ({ finding }) => {
  expect(broken).toContain(finding);
});

test("the linter lets through what the design allows", () => {
  expect(sound).toEqual([]);
});

/** Lints a project that holds only these files. */
function lint(name: string, cases: readonly (readonly string[])[]): string[] {
  const project = join(scratch, name);
  for (const file of ["biome.json", "biome.walls.jsonc", "package.json", ".gitignore"]) {
    cpSync(file, join(project, file));
  }
  cases.forEach(([path = "", text = ""], index) => {
    const file = join(project, pathOf(path, index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  });
  const biome = resolve("node_modules/@biomejs/biome/bin/biome");
  const { stdout } = spawnSync(
    process.execPath,
    [biome, "lint", "--reporter=json", "--max-diagnostics=none", "."],
    {
      cwd: project,
      encoding: "utf8",
    },
  );
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  return diagnostics.map(({ category, location }) => `${location.path} ${category}`);
}
