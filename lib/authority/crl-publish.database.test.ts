import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { setAuthorityStatus } from "#lib/authority/authority-change.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import { crlsOfChain, readChain } from "#lib/authority/crl-chain.ts";
import { currentCrl } from "#lib/authority/crl-current.ts";
import { crlHealth, crlProblem } from "#lib/authority/crl-health.ts";
import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import { requestCrl } from "#lib/authority/crl-publish-request.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { openDatabase } from "#lib/database.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { readCrl, verifyCrl } from "#lib/x509/crl-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

let installation: TestInstallation;
let issuer: Issuer;
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
const admin = testActor("admin");
const SERVERS = "example-server-ca";
const ALL = ["example-client-ca", "example-root-ca", SERVERS, "example-workload-ca"];
const HOUR = 3_600;
const LIFE = 72 * HOUR;

const later = (seconds: number) => {
  now = addSeconds(now, seconds);
};
const publish = async () => (await publishDueCrls(installation)).published;

/** The list in force as a relying party reads it, after its signature was checked. */
async function list(slug = SERVERS) {
  const authority = await installation.database.read.authority.findUniqueOrThrow({
    where: { slug },
    include: { certificate: true },
  });
  const current = (await currentCrl(installation, slug)) ?? expect.fail("there is no CRL");
  const crl = readCrl(current.der);
  expect(verifyCrl(crl, parseCertificate(authority.certificate.body).spki)).toBe(true);
  expect(crl.number).toBe(current.number);
  return { ...crl, serials: [...crl.entries()].map(({ serial }) => serial).sort() };
}

const health = async (slug = SERVERS) =>
  (await crlHealth(installation)).find((each) => each.slug === slug) ?? expect.fail("unknown");

async function issue(name: string) {
  const id = await issueNamed(issuer, admin, `${name}.example.test`);
  return installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
}

const revoke = (id: string) =>
  revokeCertificate(installation, admin, id, { reason: "superseded", comment: "" });

/** Another process on the same database: what is kept in memory is its own. */
async function beside<T>(work: (other: TestInstallation) => Promise<T>): Promise<T> {
  const other = { ...installation, database: openDatabase(installation.config.database) };
  return work(other).finally(() => other.database.close());
}

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});
afterEach(async () => {
  // Whatever a test left behind is published, and so long ago that the next one begins afresh.
  await publish();
  later(60);
});

test("a start publishes the CRL of every authority, and then nothing until one is due", async () => {
  expect((await crlHealth(installation)).map(({ state }) => state)).toEqual(ALL.map(() => "missing"));
  expect(crlProblem(await health())).toContain(`the CRL of ${SERVERS} is missing`);
  expect(await publish()).toEqual(ALL);
  expect(await publish()).toEqual([]);
  expect((await crlHealth(installation)).map(crlProblem)).toEqual(ALL.map(() => null));
  const { serials, thisUpdate, nextUpdate, number } = await list();
  expect(serials).toEqual([]);
  expect(thisUpdate).toEqual(addSeconds(now, -60));
  expect(nextUpdate).toEqual(addSeconds(now, LIFE));
  expect(number).toBe(BigInt(now.getTime() / 1000));
  expect((await list("example-root-ca")).nextUpdate).toEqual(addSeconds(now, 90 * 24 * HOUR));
});

test("a revocation, a hold and a release are each in the next CRL, the first at once and others within 5 s", async () => {
  const [revoked, held] = [await issue("revoked"), await issue("held")];
  await revoke(revoked.id);
  expect(await publish()).toEqual([SERVERS]);
  expect((await list()).serials).toEqual([revoked.serial]);

  await holdCertificate(installation, admin, held.id, { comment: "" });
  later(4);
  expect(await publish()).toEqual([]);
  expect((await health()).state).toBe("due");
  later(1);
  expect(await publish()).toEqual([SERVERS]);
  const { serials, entries } = await list();
  expect(serials).toEqual([revoked.serial, held.serial].sort());
  expect([...entries()].find(({ serial }) => serial === held.serial)?.reason).toBe("certificateHold");

  await releaseCertificate(installation, admin, held.id, { comment: "" });
  later(5);
  expect(await publish()).toEqual([SERVERS]);
  expect((await list()).serials).toEqual([revoked.serial]);
  const row = await installation.database.read.revocation.findUniqueOrThrow({
    where: { certificateId: revoked.id },
  });
  expect(row.publishedAt).toEqual(row.revokedAt);
});

test("each publication takes its place in the audit trail, and the lists before it are removed", async () => {
  await revoke((await issue("told")).id);
  await publish();
  const { number } = await list();
  const event = await installation.database.read.auditEvent.findFirstOrThrow({
    where: { action: "crl.published" },
    orderBy: { sequence: "desc" },
  });
  expect(event.actorKind).toBe("system");
  expect(JSON.parse(event.details)).toMatchObject({ authority: SERVERS, number: String(number) });
  expect(await installation.database.read.crl.count()).toBe(ALL.length);
  expect(await installation.database.read.crlPart.count()).toBe(ALL.length);
});

test("half of its life later a list is published again, though nothing changed, also by a retired authority", async () => {
  await publish();
  const clients = "example-client-ca";
  const before = await list(clients);
  const { id, version } = await getAuthority(installation, admin, clients);
  await setAuthorityStatus(installation, admin, id, version, "retired");
  now = addSeconds(before.nextUpdate ?? now, -LIFE / 2 - 1);
  expect(await publish()).toEqual([]);
  later(1);
  expect(await publish()).toEqual([clients, "example-workload-ca"]);
  const after = await list(clients);
  expect(after.number).toBeGreaterThan(before.number ?? 0n);
  expect(after.thisUpdate.getTime()).toBeGreaterThan(before.thisUpdate.getTime());
  await setAuthorityStatus(installation, admin, id, version + 1, "active");
});

test("what was not published is late after a twentieth of its life, and expired at its end; the next start mends it", async () => {
  await publish();
  const nextUpdate = (await list()).nextUpdate ?? now;
  now = addSeconds(nextUpdate, LIFE / 20 - LIFE / 2);
  expect((await health()).state).toBe("due");
  later(1);
  expect((await health()).state).toBe("late");
  expect(crlProblem(await health())).toContain("is late");
  now = nextUpdate;
  expect((await health()).state).toBe("expired");
  expect(crlProblem(await health())).toContain("expired at");
  await publish();
  expect((await health()).state).toBe("ok");
});

test("somebody who asks for a new CRL gets one, though nothing changed, and the audit trail says who", async () => {
  const authority = await getAuthority(installation, admin, SERVERS);
  await expect(requestCrl(installation, testActor("viewer"), authority.id)).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(requestCrl(installation, admin, "nobody")).rejects.toMatchObject({ code: "notFound" });
  expect(await publish()).toEqual([]);
  const { number } = await list();
  await requestCrl(installation, testActor("operator"), authority.id);
  // Twice at once is one list.
  await requestCrl(installation, admin, authority.id);
  expect((await health()).state).toBe("due");
  expect(await publish()).toEqual([SERVERS]);
  expect((await list()).number).toBeGreaterThan(number ?? 0n);
  expect(await publish()).toEqual([]);
  const asked = await installation.database.read.auditEvent.findMany({ where: { action: "crl.requested" } });
  expect(asked.map(({ objectId }) => objectId)).toEqual([authority.id, authority.id]);
});

test("a change that waits for more than 30 s is late", async () => {
  await revoke((await issue("waiting")).id);
  later(30);
  expect((await health()).state).toBe("due");
  later(1);
  expect((await health()).state).toBe("late");
  expect(crlProblem(await health())).toContain("is not published");
});

test("the number never goes down, neither after the clock went back nor with an old backup", async () => {
  const before = await list();
  later(-HOUR);
  expect(await publish()).toContain(SERVERS);
  const earlier = await list();
  expect(earlier.number).toBe((before.number ?? 0n) + 1n);
  expect(earlier.thisUpdate).toEqual(now);
  expect(await publish()).toEqual([]);
  later(2 * HOUR);

  const { read } = installation.database;
  const backup = await read.crlPublication.findMany();
  await revoke((await issue("after-the-backup")).id);
  await publish();
  const newest = await list();
  later(HOUR);
  await installation.database.write(async (transaction) => {
    for (const { authorityId, crlId: _, ...row } of backup) {
      await transaction.crlPublication.update({ where: { authorityId }, data: { ...row, crlId: null } });
    }
    await transaction.jobRun.deleteMany();
    await transaction.ground.update({ where: { id: 1 }, data: { revocations: { increment: 1 } } });
  });
  await publish();
  expect((await list()).number).toBeGreaterThan(newest.number ?? 0n);
});

test("an entry leaves the list only after it was on one made beyond its certificate's end (RFC 5280 §3.3)", async () => {
  const { id, serial, notAfter } = await issue("ends");
  await revoke(id);
  await publish();
  now = addSeconds(notAfter, HOUR);
  await publish();
  expect((await list()).serials).toContain(serial);
  later(LIFE / 2 + HOUR);
  await publish();
  expect((await list()).serials).toContain(serial);
  later(LIFE / 2);
  await publish();
  expect((await list()).serials).not.toContain(serial);
});

test("of several instances one publishes, and each serves what it published within 250 ms", async () => {
  await publish();
  await beside(async (other) => {
    const before = (await currentCrl(other, SERVERS))?.number ?? 0n;
    const { serial, id } = await issue("once");
    await revoke(id);
    later(10);
    const count = () => installation.database.read.auditEvent.count({ where: { action: "crl.published" } });
    const events = await count();
    const rounds = await Promise.all([publishDueCrls(installation), publishDueCrls(other)]);
    expect(rounds.flatMap(({ published }) => published)).toEqual([SERVERS]);
    expect(await count()).toBe(events + 1);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const served = (await currentCrl(other, SERVERS)) ?? expect.fail("none");
    expect(served.number).toBeGreaterThan(before);
    expect([...readCrl(served.der).entries()].map((entry) => entry.serial)).toContain(serial);
  });
});

test("a claim that its process did not live to finish is taken over", async () => {
  await publish();
  const { id } = await getAuthority(installation, admin, SERVERS);
  const { number } = await health();
  await installation.database.write((transaction) =>
    transaction.jobRun.create({
      data: {
        key: `publish-crl@${id}@${number}`,
        claimedBy: "gone",
        claimedUntil: addSeconds(now, 10),
        attempts: 1,
        failure: "",
        createdAt: now,
      },
    }),
  );
  await revoke((await issue("taken-over")).id);
  later(9);
  expect(await publish()).toEqual([]);
  later(1);
  expect(await publish()).toEqual([SERVERS]);
});

test("a failure is kept until it is over, told with its reason, and hinders no other authority", async () => {
  await publish();
  const { keyId } = await installation.database.read.authority.findUniqueOrThrow({
    where: { slug: SERVERS },
  });
  const key = await installation.database.read.authorityKey.findUniqueOrThrow({ where: { id: keyId } });
  const seal = (sealed: Uint8Array<ArrayBuffer>) =>
    installation.database.write((transaction) =>
      transaction.authorityKey.update({ where: { id: keyId }, data: { sealed } }),
    );
  await seal(new Uint8Array(randomBytes(key.sealed.length)));
  later(LIFE / 2 + HOUR);
  const round = await publishDueCrls(installation);
  expect(round.failed).toEqual([SERVERS]);
  expect(round.published).toContain("example-client-ca");
  const failing = await health();
  expect(failing).toMatchObject({ state: "due", failingSince: now });
  expect(failing.failure).not.toBe("");
  expect(crlProblem(failing)).toContain("cannot be published since");
  // It is tried again after a moment, not every second.
  expect((await publishDueCrls(installation)).failed).toEqual([]);
  later(60);
  expect((await publishDueCrls(installation)).failed).toEqual([SERVERS]);
  expect((await health()).failingSince).toEqual(failing.failingSince);
  await seal(new Uint8Array(key.sealed));
  later(60);
  expect(await publish()).toEqual([SERVERS]);
  expect(await health()).toMatchObject({ state: "ok", failingSince: null, failure: "" });
});

test("what a crash left behind is settled by the next process: parts are removed, revocations marked", async () => {
  const { id } = await issue("unmarked");
  await revoke(id);
  await publish();
  const { number, authorityId } = await health();
  await installation.database.write(async (transaction) => {
    await transaction.revocation.update({ where: { certificateId: id }, data: { publishedAt: null } });
    await transaction.crl.create({
      data: {
        id: "left-behind",
        authorityId,
        number: number - 1n,
        thisUpdate: now,
        nextUpdate: now,
        entries: 0,
        size: 12,
        sha256: "",
        createdAt: now,
        parts: {
          create: Array.from({ length: 9 }, (_, position) => ({ position, body: Buffer.from("part") })),
        },
      },
    });
  });
  await beside(publishDueCrls);
  const { read } = installation.database;
  expect(await read.crl.count({ where: { id: "left-behind" } })).toBe(0);
  expect(await read.crlPart.count({ where: { crlId: "left-behind" } })).toBe(0);
  const revocation = await read.revocation.findUniqueOrThrow({ where: { certificateId: id } });
  expect(revocation.publishedAt).not.toBeNull();
});

test("changes that are made while a list is built wait for the next one and are not lost", async () => {
  await publish();
  const certificates = await Promise.all(Array.from({ length: 6 }, (_, n) => issue(`meanwhile-${n}`)));
  later(LIFE / 2);
  const published = publish();
  for (const { id } of certificates) await revoke(id);
  await published;
  later(10);
  await publish();
  expect(await health()).toMatchObject({ state: "ok", pendingSince: null });
  const { serials } = await list();
  for (const { serial } of certificates) expect(serials).toContain(serial);
});

test("authorities of one name and key each publish what was issued under all of them, under one count", async () => {
  const subject = "CN=Renewed Root,O=Example";
  const first = await testAuthority({ subject, notBefore: addSeconds(now, -HOUR) });
  const renewed = await testAuthority({ subject, keyOf: first, notBefore: addSeconds(now, -HOUR) });
  const slugs: string[] = [];
  const serials: string[] = [];
  const revocable: string[] = [];
  for (const { der, privateKey } of [first, renewed]) {
    const id = await importAuthority(installation, admin, {
      certificate: encodePem("CERTIFICATE", der),
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    });
    slugs.push((await getAuthority(installation, admin, id)).slug);
    const leaf = await testLeaf(first, { notBefore: addSeconds(now, -60) });
    const [leafId = ""] = await recordForeignCertificates(installation, [leaf.der]);
    serials.push(parseCertificate(leaf.der).serialNumber);
    revocable.push(leafId);
    // As if it had been issued here under this very authority.
    await installation.database.write((transaction) =>
      transaction.certificate.update({ where: { id: leafId }, data: { issuerId: id } }),
    );
  }
  expect((await publish()).sort()).toEqual(slugs.toSorted());
  later(60);
  for (const id of revocable) await revoke(id);
  expect((await publish()).sort()).toEqual(slugs.toSorted());
  const [one, two] = [await list(slugs[0]), await list(slugs[1])];
  expect(one.serials).toEqual(serials.toSorted());
  expect(two.serials).toEqual(serials.toSorted());
  // RFC 5280 §5.2.3: no two lists of one issuer have the same number.
  expect(one.number).not.toBe(two.number);
  const marked = await installation.database.read.revocation.findMany({
    where: { certificateId: { in: revocable } },
    select: { publishedAt: true },
  });
  expect(marked).toEqual(revocable.map(() => ({ publishedAt: now })));
  const bundle = await crlsOfChain(installation, slugs[1] ?? "");
  for (const { der } of await readChain(bundle)) {
    expect([...readCrl(der).entries()].map(({ serial }) => serial).sort()).toEqual(serials.toSorted());
  }
});

test("a claim that was written while the clock was ahead keeps nobody from publishing", async () => {
  await publish();
  const { authorityId, number } = await health();
  await installation.database.write((transaction) =>
    transaction.jobRun.create({
      data: {
        key: `publish-crl@${authorityId}@${number}`,
        claimedBy: "ahead",
        claimedUntil: addSeconds(now, 86_400),
        attempts: 1,
        failure: "",
        createdAt: now,
      },
    }),
  );
  await revoke((await issue("behind-the-clock")).id);
  later(5);
  expect(await publish()).toEqual([SERVERS]);
});

test("what another process left behind is settled while this one runs, within a minute", async () => {
  await publish();
  const { id } = await issue("left-by-another");
  await revoke(id);
  later(5);
  await publish();
  await installation.database.write((transaction) =>
    transaction.revocation.update({ where: { certificateId: id }, data: { publishedAt: null } }),
  );
  const started = performance.now();
  const elapsed = vi.spyOn(performance, "now").mockImplementation(() => started + 61_000);
  await publish();
  elapsed.mockRestore();
  const row = await installation.database.read.revocation.findUniqueOrThrow({ where: { certificateId: id } });
  expect(row.publishedAt).not.toBeNull();
});

test("an authority whose certificate has ended publishes no more and is of no concern", async () => {
  const { id, notAfter } = await getAuthority(installation, admin, SERVERS);
  now = notAfter;
  expect((await crlHealth(installation)).map(({ slug }) => slug)).not.toContain(SERVERS);
  expect(await publish()).not.toContain(SERVERS);
  await expect(requestCrl(installation, admin, id)).rejects.toMatchObject({ code: "policyViolation" });
});
