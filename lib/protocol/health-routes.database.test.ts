import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { DecisionCounts } from "#lib/access/decision-counts.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { publicApplication } from "#lib/protocol/application.ts";

let installation: TestInstallation;
let issuer: Issuer;

beforeEach(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
});
afterEach(async () => {
  await issuer.close();
  await installation.close();
});

test("a plane answers for decisions when it has read who may enter, and then without its database, too", async () => {
  const gone = Promise.reject(new Error("Connection terminated"));
  gone.catch(() => {});
  let isAway = false;
  const read = new Proxy(installation.database.read, {
    get: (target, name) =>
      isAway ? { findFirst: () => gone, findMany: () => gone } : Reflect.get(target, name),
  });
  const here = { ...installation, database: { ...installation.database, read } };
  const access = new AccessSnapshot(here, 3_600_000);
  const decisions = { access, use: { lateMs: 0 }, counts: new DecisionCounts() };
  const application = publicApplication({ installation: here, issuer, decisions });
  const statusOf = async (path: string) => (await application.request(path)).status;
  expect([await statusOf("/healthz"), await statusOf("/healthz/decisions")]).toEqual([200, 503]);
  await access.follow();
  expect([await statusOf("/readyz"), await statusOf("/healthz/decisions")]).toEqual([200, 200]);
  isAway = true;
  expect([await statusOf("/readyz"), await statusOf("/healthz/decisions")]).toEqual([503, 200]);
});
