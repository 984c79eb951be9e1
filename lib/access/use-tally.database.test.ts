import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
let now = new Date("2027-03-01T12:59:00Z");
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let tally: UseTally;
let clientId: string;
let credentialId: string;

beforeEach(async () => {
  now = new Date("2027-03-01T12:59:00Z");
  installation = await testInstallation(clock);
  tally = new UseTally(installation);
  clientId = await createClient(installation, admin, { name: "Billing" });
  credentialId = await addCredential(installation, admin, clientId, { kind: "key", sha256: "ab".repeat(32) });
});
afterEach(() => installation.close());

const use = (permitted: boolean, proxyId = "edge") =>
  tally.note({ clientId, credentialId, serviceId: "payments", proxyId, permitted, from: "192.0.2.7" });
const hours = () =>
  installation.database.read.accessHour.findMany({
    orderBy: [{ hour: "asc" }, { proxyId: "asc" }],
    select: { hour: true, proxyId: true, permitted: true, refused: true, lastAt: true },
  });

test("decisions are counted by the hour, and the client knows when, where and from where it was last let in", async () => {
  use(true);
  use(true);
  use(false);
  now = addSeconds(now, 120);
  use(true);
  use(true, "inside");
  await tally.flush();
  use(false);
  now = addSeconds(now, 1);
  use(true);
  await tally.end();
  const [before, after] = [new Date("2027-03-01T12:00:00Z"), new Date("2027-03-01T13:00:00Z")];
  expect(await hours()).toEqual([
    { hour: before, proxyId: "edge", permitted: 2, refused: 1, lastAt: new Date("2027-03-01T12:59:00Z") },
    { hour: after, proxyId: "edge", permitted: 2, refused: 1, lastAt: now },
    { hour: after, proxyId: "inside", permitted: 1, refused: 0, lastAt: addSeconds(now, -1) },
  ]);
  expect(
    await installation.database.read.client.findUniqueOrThrow({ where: { id: clientId } }),
  ).toMatchObject({
    lastUsedAt: now,
    lastServiceId: "payments",
    lastProxyId: "edge",
    lastFrom: "192.0.2.7",
    refused: 2,
  });
  const credential = await installation.database.read.credential.findUniqueOrThrow({
    where: { id: credentialId },
  });
  expect(credential.lastUsedAt).toEqual(now);
});

test("what could not be written is written later, once", async () => {
  use(true);
  const write = vi.spyOn(installation.database, "write").mockRejectedValueOnce(new Error("gone"));
  await expect(tally.flush()).rejects.toThrow("gone");
  write.mockRestore();
  use(true);
  await tally.flush();
  await tally.flush();
  expect(await hours()).toMatchObject([{ permitted: 2, refused: 0 }]);
});

test("a client used in several places at once was last where it was last let in, and every refusal counts", async () => {
  const noted = (serviceId: string, permitted: boolean, from: string) =>
    tally.note({ clientId, credentialId, serviceId, proxyId: "edge", permitted, from });
  noted("stock", true, "192.0.2.1");
  noted("mail", false, "192.0.2.2");
  now = addSeconds(now, 1);
  noted("payments", true, "192.0.2.3");
  noted("stock", false, "192.0.2.4");
  now = addSeconds(now, 1);
  noted("mail", false, "192.0.2.5");
  tally.note({
    clientId: "",
    credentialId: "",
    serviceId: "mail",
    proxyId: "edge",
    permitted: false,
    from: "",
  });
  await tally.flush();
  const { read } = installation.database;
  const client = () => read.client.findUniqueOrThrow({ where: { id: clientId } });
  const last = { lastUsedAt: addSeconds(now, -1), lastServiceId: "payments", lastFrom: "192.0.2.3" };
  expect(await client()).toMatchObject({ ...last, refused: 3 });
  expect(await read.credential.findUniqueOrThrow({ where: { id: credentialId } })).toMatchObject({
    lastUsedAt: last.lastUsedAt,
  });
  await installation.database.write((transaction) =>
    transaction.client.update({ where: { id: clientId }, data: { refused: 2_147_483_646 } }),
  );
  for (let index = 0; index < 3; index++) noted("mail", false, "192.0.2.5");
  await tally.flush();
  expect(await client()).toMatchObject({ ...last, refused: 2_147_483_647 });
});
