import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { listAuditEvents } from "#lib/audit/read.ts";
import { type ChainProgress, type ChainVerdict, verifyChain } from "#lib/audit/verify.ts";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";

let installation: TestInstallation;
const admin = testActor("admin");
const auditor = testActor("auditor");

const append = (actor: Actor, action: string, ...numbers: number[]) =>
  installation.database.write((transaction) =>
    appendAudit(
      transaction,
      actor,
      installation.clock.now(),
      ...numbers.map((n) => ({
        action,
        object: { kind: "test", id: String(n), name: `Test ${n}` },
        details: { n },
      })),
    ),
  );

beforeAll(async () => {
  installation = await testInstallation();
  for (let first = 1; first <= 600; first += 100) {
    const numbers = Array.from({ length: 100 }, (_, n) => first + n);
    await append(first === 101 ? systemActor("test") : admin, "certificate.issued", ...numbers);
  }
  await append(admin, "profile.changed", 601);
});
afterAll(() => installation.close());

async function verdictOf(): Promise<{ steps: ChainProgress[]; verdict: ChainVerdict }> {
  const steps: ChainProgress[] = [];
  const check = verifyChain(installation, auditor);
  for (;;) {
    const step = await check.next();
    if (step.done) return { steps, verdict: step.value };
    steps.push(step.value);
  }
}

/** Changes the stored chain behind our back, and puts it right again. */
async function withTampering(
  tamper: string,
  repair: string,
  check: (verdict: ChainVerdict) => void,
): Promise<void> {
  const run = (statement: string) =>
    installation.database.write((transaction) => transaction.$executeRawUnsafe(statement));
  await run(tamper);
  try {
    check((await verdictOf()).verdict);
  } finally {
    await run(repair);
  }
}

test.each(["operator", "viewer"] as const)("the trail is closed to the role %s", async (role) => {
  await expect(listAuditEvents(installation, testActor(role))).rejects.toMatchObject({ code: "forbidden" });
  await expect(verifyChain(installation, testActor(role)).next()).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("pages go through all events once, down and up again", async () => {
  const seen: number[] = [];
  const first = await listAuditEvents(installation, auditor, { limit: 200 });
  expect(first.newer).toBeNull();
  let page = first;
  for (;;) {
    seen.push(...page.events.map((event) => event.sequence));
    if (page.older === null) break;
    page = await listAuditEvents(installation, auditor, { before: page.older, limit: 200 });
  }
  expect(seen).toEqual(Array.from({ length: 601 }, (_, n) => 601 - n));
  expect(page.events).toHaveLength(1);

  const back = await listAuditEvents(installation, auditor, { after: page.newer ?? 0, limit: 200 });
  expect(back.events.map((event) => event.sequence)).toEqual(Array.from({ length: 200 }, (_, n) => 201 - n));
  const newest = await listAuditEvents(installation, auditor, { after: 401, limit: 200 });
  expect(newest).toMatchObject({ newer: null, older: 402 });
});

test("a page never holds more than 200 events, whatever is asked", async () => {
  expect((await listAuditEvents(installation, auditor, { limit: 1e9 })).events).toHaveLength(200);
  expect((await listAuditEvents(installation, auditor, { limit: -5 })).events).toHaveLength(1);
});

test("events are found by kind of actor, by action and by object", async () => {
  const system = await listAuditEvents(installation, auditor, { actorKind: "system", limit: 200 });
  expect(system.events).toHaveLength(100);
  const changed = await listAuditEvents(installation, auditor, { action: "profile.changed" });
  expect(changed).toMatchObject({ older: null, newer: null, events: [{ details: { n: 601 } }] });
  const object = await listAuditEvents(installation, auditor, { object: { kind: "test", id: "42" } });
  expect(object.events.map((event) => event.object.name)).toEqual(["Test 42"]);
});

test("an untouched chain is whole, checked slice by slice up to its head", async () => {
  const { steps, verdict } = await verdictOf();
  expect(verdict).toMatchObject({ whole: true, fault: null, checked: 601, head: { sequence: 601 } });
  expect(steps.map((step) => step.checked)).toEqual([250, 500, 601]);
  expect(steps.every((step) => step.total === 601)).toBe(true);
});

test("a changed event is named", () =>
  withTampering(
    `UPDATE "AuditEvent" SET "actorName" = 'nobody' WHERE "sequence" = 300`,
    `UPDATE "AuditEvent" SET "actorName" = '${admin.name}' WHERE "sequence" = 300`,
    (verdict) => expect(verdict).toMatchObject({ whole: false, checked: 299, fault: { sequence: 300 } }),
  ));

test("an event that was taken out is missed, at the end too", async () => {
  await withTampering(
    `UPDATE "AuditEvent" SET "sequence" = -300 WHERE "sequence" = 300`,
    `UPDATE "AuditEvent" SET "sequence" = 300 WHERE "sequence" = -300`,
    (verdict) => expect(verdict.fault?.detail).toBe("Event 300 is missing."),
  );
  await withTampering(
    `UPDATE "AuditEvent" SET "sequence" = -601 WHERE "sequence" = 601`,
    `UPDATE "AuditEvent" SET "sequence" = 601 WHERE "sequence" = -601`,
    (verdict) => expect(verdict.fault?.detail).toBe("Event 601 is missing."),
  );
});

test("another head than the chain's own is noticed", async () => {
  const { auditHead } = await installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  await withTampering(
    `UPDATE "Ground" SET "auditHead" = '${"f".repeat(64)}'`,
    `UPDATE "Ground" SET "auditHead" = '${auditHead}'`,
    (verdict) => expect(verdict).toMatchObject({ whole: false, fault: { sequence: 601 } }),
  );
});
