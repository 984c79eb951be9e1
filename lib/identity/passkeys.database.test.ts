import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { insertPerson, PASSWORD, testBrowser } from "#e2e/fixtures/people.ts";
import { addSeconds, systemClock } from "#lib/clock.ts";
import {
  addPasskey,
  listOwnPasskeys,
  passkeyCreationOptions,
  removeOwnPasskey,
} from "#lib/identity/passkeys.ts";
import { passkeySignInOptions, signInWithPasskey, signInWithPassword } from "#lib/identity/sign-in.ts";
import { keepIdentityTidy } from "#lib/identity/upkeep.ts";

/** The whole ceremony needs an authenticator: see e2e/journeys/sign-in.spec.ts. */
let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

async function signedIn(name: string) {
  const person = await insertPerson(installation, "viewer", name);
  const browser = testBrowser();
  const email = `${name.toLowerCase()}@example.test`;
  const { setCookies } = await signInWithPassword(installation, browser.caller(), {
    email,
    password: PASSWORD,
  });
  browser.keep(setCookies);
  return { person, browser };
}

test("a passkey is asked for the person's presence and proof, under our host name", async () => {
  const { person, browser } = await signedIn("Ada");
  const { options } = await passkeyCreationOptions(installation, person, browser.caller());
  expect(options).toMatchObject({
    rp: { id: "localhost", name: "Countersign" },
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
});

test("an answer that no authenticator made is refused, and the audit trail has the try", async () => {
  const { person, browser } = await signedIn("Bob");
  const { setCookies } = await passkeyCreationOptions(installation, person, browser.caller());
  browser.keep(setCookies);
  const response = { id: "x", rawId: "x", type: "public-key", response: {}, clientExtensionResults: {} };
  await expect(
    addPasskey(installation, person, browser.caller(), { name: "false", response }),
  ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "passkey" }] });
  expect(await listOwnPasskeys(installation, person)).toEqual([]);
  const newest = await installation.database.read.auditEvent.findFirst({ orderBy: { sequence: "desc" } });
  expect(newest).toMatchObject({ action: "passkey.added", outcome: "refused", actorId: person.id });
});

test("an old sign-in does not suffice to add a passkey", async () => {
  const { person, browser } = await signedIn("Cy");
  await installation.database.write((transaction) =>
    transaction.session.updateMany({
      where: { userId: person.id },
      data: { createdAt: addSeconds(systemClock.now(), -2 * 60 * 60) },
    }),
  );
  await expect(passkeyCreationOptions(installation, person, browser.caller())).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("an unknown passkey signs nobody in", async () => {
  const browser = testBrowser();
  browser.keep((await passkeySignInOptions(installation, browser.caller())).setCookies);
  await expect(
    signInWithPasskey(installation, browser.caller(), { response: { id: "unknown", response: {} } }),
  ).rejects.toMatchObject({ code: "unauthenticated" });
});

test("nobody removes another person's passkey", async () => {
  const { person: di } = await signedIn("Di");
  const { person: ed } = await signedIn("Ed");
  await installation.database.write((transaction) =>
    transaction.passkey.create({
      data: {
        id: "p1",
        name: "key",
        publicKey: "",
        userId: di.id,
        credentialID: "c1",
        counter: 0,
        deviceType: "singleDevice",
        backedUp: false,
      },
    }),
  );
  await expect(removeOwnPasskey(installation, ed, { id: "p1" })).rejects.toMatchObject({ code: "notFound" });
  await removeOwnPasskey(installation, di, { id: "p1" });
  expect(await listOwnPasskeys(installation, di)).toEqual([]);
});

test("upkeep forgets what is over and nothing else", async () => {
  const { person } = await signedIn("Fay");
  await signedIn("Gus");
  await installation.database.write((transaction) =>
    transaction.session.updateMany({ where: { userId: person.id }, data: { expiresAt: new Date(0) } }),
  );
  const before = await installation.database.read.session.count();
  await keepIdentityTidy(installation);
  expect(await installation.database.read.session.count()).toBe(before - 1);
});
