import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { interruptedIssuances } from "#lib/authority/interrupted-issuances.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { listenerStates } from "#lib/authority/listener-attention.ts";
import { listenerCredential } from "#lib/authority/listener-credential.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { addSeconds, fixedClock } from "#lib/clock.ts";

let installation: TestInstallation;
let issuer: Issuer;
const viewer = testActor("viewer");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

test("before set-up there is nothing to look after", async () => {
  expect(await listenerStates(installation, viewer)).toEqual([]);
});

test("a listener without a certificate of ours is reported", async () => {
  await foundAuthorities(installation, testActor("admin"), { organisation: "Example" });
  expect(await listenerStates(installation, viewer)).toMatchObject([
    { plane: "protocol", certificate: null },
  ]);
});

test("a fresh certificate is fine; it is overdue only when nobody renewed it in time", async () => {
  const credential = await listenerCredential(installation, issuer, "protocol");
  expect(await listenerStates(installation, viewer)).toMatchObject([
    { plane: "protocol", overdue: false, missingNames: [] },
  ]);
  const renewAt = credential?.renewAt ?? new Date(0);
  const atTime = (seconds: number) => ({ ...installation, clock: fixedClock(addSeconds(renewAt, seconds)) });
  expect(await listenerStates(atTime(599), viewer)).toMatchObject([{ overdue: false }]);
  expect(await listenerStates(atTime(600), viewer)).toMatchObject([{ overdue: true }]);
});

test("a name by which it can be reached but which it does not carry is named", async () => {
  const config = { ...installation.config, listenerNames: ["added.example.test", "2001:db8:0::1"] };
  expect(await listenerStates({ ...installation, config }, viewer)).toMatchObject([
    { missingNames: ["added.example.test", "2001:db8:0::1"] },
  ]);
});

test("interrupted issuances are counted for a day", async () => {
  const at = installation.clock.now();
  await installation.database.write((transaction) =>
    appendAudit(
      transaction,
      systemActor("recovery"),
      at,
      ...Array.from({ length: 5 }, (_, n) => ({
        action: "certificate.abandoned",
        object: { kind: "certificate", id: String(n), name: `host-${n}` },
      })),
    ),
  );
  expect(await interruptedIssuances(installation, viewer)).toEqual({
    count: 5,
    names: ["host-4", "host-3", "host-2"],
    newestAt: at,
  });
  const nextDay = { ...installation, clock: fixedClock(addSeconds(at, 86_401)) };
  expect(await interruptedIssuances(nextDay, viewer)).toEqual({ count: 0, names: [], newestAt: null });
});
