import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { createClient } from "#lib/access/client-change.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { type Founded, foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import { diagnose } from "./diagnose.ts";
import { inventoryFromDatabase } from "./inventory-from-database.ts";
import { UNKNOWN_PROXY } from "./inventory-view.ts";
import type { Finding, Observation, SeenCertificate } from "./observation.ts";
import { withQuickReads } from "./quick-reads.ts";
import { RememberedInventory } from "./remembered-inventory.ts";

const admin = testActor("admin");
const now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
let here: TestInstallation;
let issuer: Issuer;
let founded: Founded;
let connection: DriverConnection;

beforeAll(async () => {
  here = await testInstallation(clock);
  founded = await foundAuthorities(here, admin, { organisation: "Example" });
  issuer = inlineIssuer(here);
  connection = await openDriver(here.config.database);
});
afterAll(async () => {
  await issuer.close();
  await connection.close();
  await here.close();
});

const NAMES = Array.from({ length: 6 }, (_, number) => `pump-${number}.example.test`);

async function issue(name: string) {
  const { id } = await issueFromRequest(issuer, admin, {
    ...{ profile: "client", csr: requestFor(name), source: "csr" },
  });
  return here.database.read.certificate.findUniqueOrThrow({ where: { id } });
}

type Row = Awaited<ReturnType<typeof issue>>;

/** What a line may say of a certificate. */
const SEEN: ((row: Row) => Partial<SeenCertificate>)[] = [
  ({ sha256 }) => ({ sha256 }),
  ({ sha1 }) => ({ sha1 }),
  ({ serial, issuerName }) => ({ serial: serial.replace(/^0+/, ""), issuer: issuerName }),
  ({ subject, issuerName }) => ({ subject, issuer: issuerName }),
  ({ subject }) => ({ subject }),
];

const FINDINGS: Finding[] = [
  ...[10, 20, 23, 3, 12, 19].map((error) => ({
    ...({ kind: "verify", error, depth: 0, which: "first", words: "" } as const),
  })),
  { kind: "alert-received", alert: 45 },
  { kind: "reason", reason: "not-said", words: "" },
];

const NOTHING: SeenCertificate = {
  ...{ role: "leaf", subject: null, issuer: null, serial: null, sha1: null, sha256: null },
  ...{ notBefore: null, notAfter: null, names: [] },
};

const observation = (seen: Partial<SeenCertificate>, finding: Finding, at: number): Observation => ({
  ...{ proxy: "nginx", log: "access", at, zone: "said", keys: [], peer: null },
  ...{ direction: "inbound", outcome: "refused", finding, certificate: { ...NOTHING, ...seen } },
  ...{ serverName: NAMES[0] ?? null, listener: null, upstream: null, tls: null, status: null, quote: "" },
});

test("diagnoses are those of an inventory that is asked anew, whatever is done to it meanwhile", async () => {
  const rows: Row[] = [];
  for (const name of NAMES.slice(0, 3)) rows.push(await issue(name));
  const clients: string[] = [];
  const any = <T>(all: readonly T[], number: number): T | undefined => all[number % all.length];
  /** What people do; what cannot be done just now is left out. */
  const changes: Record<string, (number: number) => Promise<unknown>> = {
    issue: async (number) => rows.push(await issue(any(NAMES, number) ?? "")),
    revoke: (number) => revokeCertificate(here, admin, any(rows, number)?.id ?? "", { reason: "superseded" }),
    hold: (number) => holdCertificate(here, admin, any(rows, number)?.id ?? "", {}),
    release: (number) => releaseCertificate(here, admin, any(rows, number)?.id ?? "", {}),
    client: async (number) => {
      const id = await createClient(here, admin, { name: `Client ${clients.length}` });
      clients.push(id);
      await addCredential(here, admin, id, { kind: "certificate", sha256: any(rows, number)?.sha256 ?? "" });
    },
    suspend: (number) => suspendClient(here, admin, any(clients, number) ?? ""),
    crl: (number) => publishAnother(number),
  };
  const step = fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({ change: fc.constantFrom(...Object.keys(changes)), number: fc.nat(50) }),
    },
    {
      weight: 2,
      arbitrary: fc.array(
        fc.record({
          ...{ certificate: fc.nat(50), seen: fc.nat(SEEN.length - 1), finding: fc.nat(FINDINGS.length - 1) },
          days: fc.integer({ min: -200, max: 200 }),
          isStranger: fc.boolean(),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
      // A change counts at once here: as it does after a tenth of a second.
      const remembered = new RememberedInventory(withQuickReads(here.database, connection), 0);
      for (const each of steps) {
        if (!Array.isArray(each)) {
          await changes[each.change]?.(each.number).catch(() => undefined);
          continue;
        }
        const handshakes = each.map(({ certificate, seen, finding, days, isStranger }) => {
          const row = any(rows, certificate) as Row;
          const said = SEEN[seen]?.(row) ?? {};
          const shown = isStranger ? { subject: `CN=stranger ${certificate}`, issuer: "CN=nobody" } : said;
          return [observation(shown, FINDINGS[finding] as Finding, now.getTime() + days * 86_400_000)];
        });
        const all = handshakes.flat();
        const trusted = any([null, new Set<string>()], each.length) ?? null;
        const view = await remembered.view(all, trusted, now.getTime());
        for (const handshake of handshakes) {
          const { view: fresh } = await inventoryFromDatabase(
            here.database,
            handshake,
            trusted,
            now.getTime(),
          );
          expect(diagnose(handshake, view, UNKNOWN_PROXY)).toEqual(diagnose(handshake, fresh, UNKNOWN_PROXY));
        }
      }
    }),
    { seed: SEED, numRuns: Math.ceil(FUZZ_RUNS / 50) },
  );
}, 300_000);

let crls = 0;

/** A further CRL of the authority, as the job publishes it. */
async function publishAnother(number: number): Promise<void> {
  const authorityId = founded.clientAuthorityId;
  const id = `zz-crl-${String(++crls).padStart(6, "0")}`;
  const from = addSeconds(now, (number - 40) * 3_600);
  await here.database.write(async (transaction) => {
    await transaction.crl.create({
      data: {
        ...{ id, authorityId, number: BigInt(crls), entries: 0, size: 0, sha256: "" },
        ...{ thisUpdate: from, nextUpdate: addSeconds(from, 86_400), createdAt: from },
      },
    });
    await transaction.crlPublication.upsert({
      where: { authorityId },
      create: { authorityId, crlId: id },
      update: { crlId: id },
    });
  });
}

test("what was asked is not asked again, and what has changed is", async () => {
  const row = await issue("pump-9.example.test");
  let asked = 0;
  const counting = withQuickReads(here.database, {
    all: (sql, parameters) => {
      asked++;
      return connection.all(sql, parameters);
    },
  });
  const remembered = new RememberedInventory(counting, 0);
  const lines = [observation({ sha256: row.sha256 }, FINDINGS[0] as Finding, now.getTime())];
  const view = () => remembered.view(lines, null, now.getTime());
  const first = await view();
  const ofFirst = asked;
  expect(ofFirst).toBeGreaterThan(5);
  expect(await view()).toBe(first);
  expect(asked).toBe(ofFirst + 1);
  await revokeCertificate(here, admin, row.id, { reason: "superseded" });
  const revocation = (await view()).bySha256(row.sha256 ?? "")?.revocation;
  expect(revocation).toEqual({ since: now.getTime(), isHold: false });
});
