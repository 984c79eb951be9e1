import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { checkFile } from "#lib/authority/bulk-file-check.ts";
import { startIssuance } from "#lib/authority/bulk-file-start.ts";
import { getRun } from "#lib/authority/bulk-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { DomainError } from "#lib/errors.ts";

/** The guarantee: the verdict before is what happens afterwards, and nothing happens before. */

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example", nameConstraints: ["example.test"] });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const wishes = (text: string, profile = "server") => ({
  text,
  profile,
  keyAlgorithm: "ecdsa-p256" as const,
  leaveOutWarned: false,
});
const check = (text: string, profile?: string) => checkFile(installation, admin, wishes(text, profile));
const found = async (text: string, profile?: string) =>
  (await check(text, profile)).map(({ line, findings }) => ({
    line,
    findings: findings.map(({ severity, field, rule }) => `${severity} ${field} ${rule}`),
  }));

test("a server's name becomes an alternative name, a client's the common name only", async () => {
  const rows = "web.example.test,www.example.test 192.0.2.7\nWeb server,only.example.test";
  expect((await check(rows)).map(({ label, names }) => [label, names])).toEqual([
    ["web.example.test", ["dns:web.example.test", "dns:www.example.test", "ip:192.0.2.7"]],
    ["Web server", ["dns:only.example.test"]],
  ]);
  const [client] = await check("Jane Doe,email:jane@example.test", "client");
  expect(client).toMatchObject({ label: "Jane Doe", names: ["email:jane@example.test"], findings: [] });
  const long = `${"a".repeat(60)}.example.test`;
  expect(await check(long)).toMatchObject([{ names: [`dns:${long}`], findings: [], item: { names: [{}] } }]);
});

test("names separated by semicolons are one cell of a file with commas", async () => {
  const text = "api.example.test,DNS:a.example.test;DNS:b.example.test\nweb.example.test,c.example.test";
  expect((await check(text)).map(({ names, findings }) => [names, findings])).toEqual([
    [["dns:api.example.test", "dns:a.example.test", "dns:b.example.test"], []],
    [["dns:web.example.test", "dns:c.example.test"], []],
  ]);
});

test.each([
  ["Doe, Jane;jane@example.test"],
  ["a.example.test\nDoe;Jane"],
  ['"a.example.test,b.example.test"'],
  ['name;names\n"Doe; Jane";jane@example.test'],
])("the name in %j holds a separator, so that nothing is issued for it", async (text) => {
  const row = (await check(text, "client")).at(-1);
  expect(row?.findings).toContainEqual(
    expect.objectContaining({ severity: "error", field: "name", rule: "bulk.name" }),
  );
  expect(row?.item).toBeUndefined();
});

test("every fault names the line, the column and the rule", async () => {
  expect(
    await found(
      [
        "name,names,profile,days,owner,tags,csr",
        "ok.example.test,,,,,,",
        "out.elsewhere.test,,,,,,",
        "ok2.example.test,bad_name!.example.test,,,,,",
        "ok3.example.test,,nonsense,,,,",
        "ok4.example.test,,,0,,,",
        "ok5.example.test,,,400,,,",
        "ok6.example.test,,,,,not a/tag!,",
        '"ok7.example.test",,,,"a\u202eb",,',
        "ok8.example.test,,,,,,nonsense",
        ",,,,,x,",
        "*.example.test,,,,,,",
        "ok9.example.test,,countersign-listener,,,,",
      ].join("\n"),
    ),
  ).toEqual([
    { line: 2, findings: [] },
    { line: 3, findings: ["error name rfc5280.4.2.1.10"] },
    { line: 4, findings: [expect.stringMatching(/^error names rfc/)] },
    { line: 5, findings: ["error profile profile.exists"] },
    { line: 6, findings: ["error days bulk.days"] },
    { line: 7, findings: ["error days profile.lifetime"] },
    { line: 8, findings: ["error tags bulk.tags"] },
    { line: 9, findings: ["error owner bulk.owner"] },
    { line: 10, findings: [expect.stringMatching(/^error csr /)] },
    { line: 11, findings: [expect.stringMatching(/^error name /), expect.stringMatching(/^error name /)] },
    { line: 12, findings: ["error name profile.names.dns"] },
    { line: 13, findings: ["error profile profile.listener"] },
  ]);
});

test("repetitions and names that have a certificate are warned of, and issued unless left out", async () => {
  const first = await startIssuance(installation, admin, wishes("known.example.test"));
  await advanceRun({ installation, issuer, actor: admin }, first, 60_000);
  const text = "new.example.test\nKnown.example.test\nnew.example.test";
  expect(await found(text)).toEqual([
    { line: 1, findings: [] },
    { line: 2, findings: ["warning name bulk.existing"] },
    { line: 3, findings: ["warning name bulk.repetition"] },
  ]);
  const all = await startIssuance(installation, admin, wishes(text));
  expect(await getRun(installation, admin, all)).toMatchObject({ total: 3, parameters: { leftOut: 0 } });
  const some = await startIssuance(installation, admin, { ...wishes(text), leaveOutWarned: true });
  expect(await getRun(installation, admin, some)).toMatchObject({ total: 1, parameters: { leftOut: 2 } });
});

test("a file of which no row passes starts nothing", async () => {
  const before = await installation.database.read.bulkRun.count();
  await expect(startIssuance(installation, admin, wishes("a.elsewhere.test"))).rejects.toMatchObject({
    code: "malformed",
    violations: [{ rule: "bulk.none" }],
  });
  expect(await installation.database.read.bulkRun.count()).toBe(before);
});

test("10,000 rows are checked without holding up anybody else", async () => {
  const rows = Array.from({ length: 10_000 }, (_, place) => `host-${place}.example.test,,,30,Ops,fleet`);
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const checked = await check(rows.join("\n"));
  clearInterval(ticking);
  expect(checked.filter((row) => row.item !== undefined)).toHaveLength(10_000);
  // Counted and not timed, as the machine may be busy with something else: in one go there would be none.
  expect(turns).toBeGreaterThan(20);
});

test(`what passes the check is issued, whatever the rows hold (seed ${SEED})`, {
  timeout: 600_000,
}, async () => {
  const name = fc.oneof(
    fc.constantFrom(
      "a.example.test",
      "*.example.test",
      "x.elsewhere.test",
      "192.0.2.1",
      "a b",
      "é.example.test",
    ),
    fc.string({ unit: "grapheme", maxLength: 80 }),
    fc.webUrl(),
    fc.emailAddress(),
  );
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const row = fc.record({
    name,
    names: fc.array(name, { maxLength: 3 }),
    days: fc.constantFrom("", "30", "x"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.constantFrom("server", "client"),
      async (rows, profile) => {
        const lines = rows.map((each) =>
          [each.name, each.names.join(" "), "", each.days].map(cell).join(","),
        );
        const text = `name,names,profile,days\n${lines.join("\n")}`;
        const before = await installation.database.read.certificate.count();
        let passing = 0;
        try {
          passing = (await check(text, profile)).filter((each) => each.item !== undefined).length;
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
        expect(await installation.database.read.certificate.count()).toBe(before);
        if (passing === 0) return;
        const id = await startIssuance(installation, admin, wishes(text, profile));
        const progress = await advanceRun({ installation, issuer, actor: admin }, id, 60_000);
        expect(progress).toMatchObject({ status: "finished", done: passing, failed: 0 });
      },
    ),
    { numRuns: Math.ceil(FUZZ_RUNS / 20), seed: SEED },
  );
});
