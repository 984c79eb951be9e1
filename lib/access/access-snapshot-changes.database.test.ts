import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { CHANGED_AT_ONCE } from "#e2e/fixtures/sizes.ts";
import { countAccessChange } from "#lib/access/access-change.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { createClient } from "#lib/access/client-change.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createService } from "#lib/access/service-change.ts";
import type { Database } from "#lib/database.ts";

const admin = testActor("admin");
const PATIENCE = { timeout: 25_000 };

let installation: TestInstallation;
let access: AccessSnapshot;
let clientId: string;
let isReadable: boolean;
/** What is done before changes are told. */
let beforeTelling: () => Promise<void>;

beforeEach(async () => {
  installation = await testInstallation();
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  clientId = await createClient(installation, admin, { name: "Billing" });
  await addCredential(installation, admin, clientId, { kind: "certificate", sha256: certificate.sha256 });
  await createGrant(installation, admin, { clientId, serviceId });
  isReadable = true;
  beforeTelling = async () => {};
  access = new AccessSnapshot({ ...installation, database: hindered() }, 3_600_000);
  await access.start();
  await expect.poll(said, PATIENCE).toBe("granted");
});
afterEach(async () => {
  await access.end();
  await installation.close();
});

/** The database, where everything cannot be read anew, or changes are told late, when that is wished. */
function hindered(): Database {
  const { database } = installation;
  const read = new Proxy(database.read, {
    get(target, name) {
      if (name === "authority" && !isReadable) throw new Error("cannot be read anew");
      return Reflect.get(target, name);
    },
  });
  return {
    ...database,
    read,
    async snapshot(work) {
      await beforeTelling();
      return database.snapshot(work);
    },
  };
}

const certificate: PresentedCertificate = {
  ...{ sha256: "ab".repeat(32), keySha256: "cd".repeat(32), names: [], issuer: null, revocation: "good" },
  ...{ notBefore: 0, notAfter: Number.MAX_SAFE_INTEGER, isForClients: true, strength: 128 },
};

function said(): string {
  const snapshot = access.current ?? expect.fail("no snapshot");
  return decide(snapshot, { service: "payments", method: "GET", path: "/", certificate }, Date.now()).reason;
}

/** Holds changes back from here on. @returns what tells them */
function holdBack(): { isHeld: () => boolean; tell: () => void } {
  let isHeld = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  beforeTelling = () => {
    isHeld = true;
    return promise;
  };
  return {
    isHeld: () => isHeld,
    tell() {
      beforeTelling = async () => {};
      resolve();
    },
  };
}

/** Makes very many clients, by many changes that are there all at once. */
async function makeClients(count: number, each: number): Promise<void> {
  const row = await installation.database.read.client.findUniqueOrThrow({ where: { id: clientId } });
  const rows = Array.from({ length: count }, (_, index) => ({
    ...row,
    ...{ id: `many-${index}`, name: `Client ${index}`, nameKey: `client ${index}` },
  }));
  await installation.database.write(async (transaction) => {
    for (let start = 0; start < count; start += each) {
      const change = await countAccessChange(transaction);
      const slice = rows.slice(start, start + each);
      await transaction.client.createMany({ data: slice.map((client) => ({ ...client, change })) });
    }
  });
}

test("however many change at once, a click after them counts, also while nothing can be read anew", {
  timeout: 120_000,
}, async () => {
  isReadable = false;
  await makeClients(CHANGED_AT_ONCE, 700);
  await suspendClient(installation, admin, clientId);
  await expect.poll(said, PATIENCE).toBe("client-suspended");
  await expect.poll(() => access.staleSince, PATIENCE).toBeNull();
});

test("as long as a change is not told, it is said as of when decisions are made, and they last no longer", async () => {
  const { isHeld, tell } = holdBack();
  await suspendClient(installation, admin, clientId);
  await expect.poll(isHeld, PATIENCE).toBe(true);
  const usableUntil = access.current?.usableUntil;
  await expect.poll(() => access.staleSince, PATIENCE).not.toBeNull();
  expect(access.current?.usableUntil).toBe(usableUntil);
  tell();
  await expect.poll(said, PATIENCE).toBe("client-suspended");
  await expect.poll(() => access.staleSince, PATIENCE).toBeNull();
});

test("taking in very much is no absence of the database, and is said all the same", async () => {
  beforeTelling = () => new Promise((resolve) => setTimeout(resolve, 500));
  await makeClients(2_400, 300);
  await expect.poll(() => access.behindSince !== null && access.awaySince === null, PATIENCE).toBe(true);
  beforeTelling = async () => {};
  await expect.poll(() => access.staleSince, PATIENCE).toBeNull();
});
