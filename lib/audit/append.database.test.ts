import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { type ChainedEvent, findFault } from "#lib/audit/chain.ts";
import { openDatabase } from "#lib/database.ts";
import { AUDIT_GENESIS } from "#lib/installation.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

const entry = (n: number) => ({
  action: "test.happened",
  object: { kind: "test", id: String(n), name: `Test ${n}` },
});

test("two connections that write at once leave one gapless chain", async () => {
  const other = openDatabase(installation.config.database);
  const at = installation.clock.now();
  await Promise.all(
    [installation.database, other].flatMap((database) =>
      Array.from({ length: 20 }, (_, n) =>
        database.write((transaction) => appendAudit(transaction, testActor("admin"), at, entry(n), entry(n))),
      ),
    ),
  );
  const events = await installation.database.read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
  expect(events).toHaveLength(80);
  expect(findFault(events as ChainedEvent[], { auditSequence: 0, auditHead: AUDIT_GENESIS })).toBeNull();
  await other.close();
});

test("a change that fails leaves no event behind", async () => {
  const before = await installation.database.read.auditEvent.count();
  const failing = installation.database.write(async (transaction) => {
    await appendAudit(transaction, testActor("admin"), installation.clock.now(), entry(1));
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await installation.database.read.auditEvent.count()).toBe(before);
});

test("a read sees nothing of a transaction that is still open", async () => {
  const before = await installation.database.read.auditEvent.count();
  await installation.database.write(async (transaction) => {
    await appendAudit(transaction, testActor("admin"), installation.clock.now(), entry(2));
    expect(await installation.database.read.auditEvent.count()).toBe(before);
  });
  expect(await installation.database.read.auditEvent.count()).toBe(before + 1);
});
