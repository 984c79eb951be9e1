import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seededRandom } from "#e2e/crash/burst.ts";
import { type Ended, runScript } from "#e2e/fixtures/command.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { insertPerson } from "#e2e/fixtures/people.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { type ChainVerdict, verifyChain } from "#lib/audit/verify.ts";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { startIssuance } from "#lib/authority/bulk-file-start.ts";
import { issuedFiles } from "#lib/authority/bulk-files.ts";
import { confirmKeys, destroyOldKeys } from "#lib/authority/bulk-keys.ts";
import { getRun } from "#lib/authority/bulk-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { setProfileStatus } from "#lib/authority/profile-change.ts";
import { openDatabase } from "#lib/database.ts";
import { announcePresence } from "#lib/database-presence.ts";
import { openSnapshot } from "#lib/database-snapshot.ts";
import { newId } from "#lib/id.ts";
import { createApiToken, revokeApiToken } from "#lib/identity/api-tokens.ts";
import { invite, revokeInvitation } from "#lib/identity/invitations.ts";
import { replacePassword } from "#lib/identity/new-user.ts";
import { changeRole, disableUser, removeSecondFactors } from "#lib/identity/users.ts";
import type { Installation } from "#lib/installation.ts";
import { createBundle } from "#lib/inventory/trust-bundle-change.ts";
import { decodePem } from "#lib/x509/pem.ts";

const admin = testActor("admin");

let installation: TestInstallation;
/** The same one again after it was closed. */
let reopened: Installation | undefined;
let folder: string;

beforeEach(async () => {
  installation = await testInstallation();
  folder = installation.config.dataFolder;
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterEach(async () => {
  await reopened?.database.close();
  reopened = undefined;
  await installation.close();
});

const backup = (file: string, ...more: string[]) =>
  runScript("backup", ["--to", join(folder, file), ...more], installation.environment);
/** For the steps that lead to what is tested. */
async function done(ended: Promise<Ended>): Promise<Ended> {
  const { code, output } = await ended;
  if (code !== 0) throw new Error(`it ended with ${code}: ${output}`);
  return { code, output };
}
const restore = (file: string, environment = {}) =>
  runScript("restore", ["--from", join(folder, file), "--yes"], {
    ...installation.environment,
    ...environment,
  });

function reopen(): Installation {
  reopened = { ...installation, database: openDatabase(installation.config.database) };
  return reopened;
}

/** Issues one after the other until it is told to stop. @returns the serial numbers */
async function issue(
  of: Installation,
  goOn: (issued: number) => boolean,
  prefix = "host",
): Promise<string[]> {
  const issuer = inlineIssuer(of);
  const serials: string[] = [];
  while (goOn(serials.length)) {
    const { issued } = await issueWithKeyMadeHere(issuer, admin, {
      profile: "server",
      keyAlgorithm: "ecdsa-p256",
      subject: [],
      names: [{ type: "dns", value: `${prefix}-${serials.length}.example.test` }],
    });
    serials.push(issued.serial);
  }
  await issuer.close();
  return serials;
}

/** Everything that the database holds, as text: table → its rows in a fixed order. */
async function content(): Promise<Map<string, string[]>> {
  const snapshot = await openSnapshot(installation.config.database);
  if (snapshot === null) throw new Error("there is no database");
  const tables = new Map<string, string[]>();
  for (const table of snapshot.tables) {
    const rows: string[] = [];
    for await (const slice of snapshot.rows(table)) {
      rows.push(
        ...slice.map((row) =>
          JSON.stringify(row.map((v) => (v instanceof Uint8Array ? Buffer.from(v).toString("hex") : v))),
        ),
      );
    }
    tables.set(table.name, rows.sort());
  }
  await snapshot.close();
  return tables;
}

async function verdictOf(of: Installation): Promise<ChainVerdict> {
  const check = verifyChain(of, admin);
  for (;;) {
    const step = await check.next();
    if (step.done) return step.value;
  }
}

/** A failure, for its numbers with a fraction. */
const failed = (heat: number) =>
  installation.database.write((transaction) =>
    transaction.failure.create({
      data: {
        ...{ id: newId(), key: "key", proxyId: "edge", serviceId: "", clientId: "", presentedName: "" },
        ...{
          cause: "not-tls",
          direction: "inbound",
          certainty: "certain",
          candidates: "[]",
          diagnosis: "{}",
        },
        ...{ addresses: "[]", firstSeenAt: new Date(), lastSeenAt: new Date(), count: 1, heat, rank: -heat },
        ...{ state: "open", stateSince: new Date(), stateBy: "", regressions: 0, version: 1 },
      },
    }),
  );

const lostFile = () => readdirSync(folder).find((name) => name.startsWith("lost-by-restore"));

test("a backup made while certificates are issued brings back all that was there before it, and the trail shows the break", {
  timeout: 120_000,
}, async () => {
  await insertPerson(installation, "operator", "Olga");
  const token = await createApiToken(installation, admin, {
    name: "ci",
    scopes: ["certificate:read"],
    expiresAt: null,
  });
  await failed(1 / 3);
  const before = await issue(installation, (count) => count < 5);
  let enough = false;
  const during = issue(installation, () => !enough, "during");
  const made = await done(backup("copy.gz")).finally(() => {
    enough = true;
  });
  expect(made.output).toContain("It does not hold\n  the master key");
  expect(statSync(join(folder, "copy.gz")).mode & 0o777).toBe(0o600);
  const concurrent = await during;
  await revokeApiToken(installation, admin, { id: token.id });
  const after = await issue(installation, (count) => count < 7, "after");
  const replaced = await installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  await installation.database.close();
  const everything = await content();

  const restored = await done(restore("copy.gz"));

  // Byte for byte: every row is one that was there, but for the head, the event that tells of it and counts.
  const now = await content();
  const moving = ["Ground", "AuditEvent", "CertificateCohort", "ApiToken", "Certificate"];
  for (const [table, rows] of now) {
    if (moving.includes(table)) continue;
    const known = new Set(everything.get(table));
    expect(rows.filter((row) => !known.has(row))).toEqual([]);
  }
  expect(now.get("User")).toEqual(everything.get("User"));
  expect(now.get("AuthorityKey")).toEqual(everything.get("AuthorityKey"));

  const here = reopen();
  const rows = await here.database.read.certificate.findMany({ where: { status: "issued" } });
  const kept = new Set(rows.map((row) => row.serial));
  expect(before.every((serial) => kept.has(serial))).toBe(true);
  expect(after.some((serial) => kept.has(serial))).toBe(false);
  const known = new Set(everything.get("Certificate"));
  const issuedNow = (now.get("Certificate") ?? []).filter((row) => row.includes('"issued"'));
  expect(issuedNow.filter((row) => !known.has(row))).toEqual([]);

  // What is lost lies beside it, to be imported.
  const lost = decodePem(readFileSync(join(folder, lostFile() ?? ""), "utf8"), { field: "lost" });
  const all = [...before, ...concurrent, ...after];
  expect(lost).toHaveLength(all.filter((serial) => !kept.has(serial)).length);
  expect(restored.output).toContain(
    "API tokens that were revoked after the backup and are valid again: revoke them: ci.",
  );

  // The chain is whole, and names the head that was replaced.
  const verdict = await verdictOf(here);
  expect(verdict).toMatchObject({ whole: true, fault: null });
  expect(verdict.restorations).toMatchObject([
    {
      sequence: verdict.head.sequence,
      replaced: { sequence: replaced.auditSequence, hash: replaced.auditHead },
    },
  ]);
  // It goes on, with numbers that nobody has.
  const more = await issue(here, (count) => count < 5, "later");
  expect(more.filter((serial) => all.includes(serial))).toEqual([]);
  expect((await verdictOf(here)).whole).toBe(true);
});

test("keys that a bulk run kept for download do not come back with a backup", {
  timeout: 120_000,
}, async () => {
  const issuer = inlineIssuer(installation);
  const start = async (name: string) => {
    const id = await startIssuance(installation, admin, {
      text: `${name}-1.example.test\n${name}-2.example.test`,
      profile: "server",
      keyAlgorithm: "ecdsa-p256",
      leaveOutWarned: false,
    });
    await advanceRun({ installation, issuer, actor: admin }, id, 60_000);
    return id;
  };
  const [run, kept] = [await start("handed"), await start("kept")];
  await done(backup("copy.gz"));
  for await (const _ of (await issuedFiles(installation, admin, run, true)).body);
  await confirmKeys(installation, admin, run);
  await issuer.close();
  await installation.database.close();

  const { output } = await done(restore("copy.gz"));

  expect(output).toContain("Destroyed 4 private keys that bulk runs of the backup kept for download");
  const here = reopen();
  expect(await here.database.read.bulkItem.count({ where: { sealed: { not: null } } })).toBe(0);
  for (const id of [run, kept]) {
    const { status, counts, keys } = await getRun(here, admin, id);
    expect({ status, done: counts.done, ...keys }).toMatchObject({
      status: "finished",
      done: 2,
      state: "destroyed",
      because: "restored",
      destroyedAt: expect.any(Date),
    });
    await expect(issuedFiles(here, admin, id, true)).rejects.toMatchObject({
      code: "expired",
      message: expect.stringContaining("when a backup was restored"),
    });
  }
  expect(await destroyOldKeys(here)).toBe(0);
  const told = await here.database.read.auditEvent.findMany({ where: { action: "bulk.keys-destroyed" } });
  expect(told.map(({ objectId, details }) => [objectId, JSON.parse(details)])).toEqual(
    [run, kept].map((id) => [id, { because: "restored", keys: 2, downloaded: null }]),
  );
  expect((await verdictOf(here)).whole).toBe(true);
});

test("decisions that a restore takes back are named, and what stood open in the backup is ended", {
  timeout: 120_000,
}, async () => {
  const [vera, otto, paul, fay, ken, gil] = await Promise.all(
    ["Vera", "Otto", "Paul", "Fay", "Ken", "Gil"].map((name) => insertPerson(installation, "admin", name)),
  );
  const person = (actor: typeof vera) => ({ id: actor?.id ?? "", version: 1 });
  const write = installation.database.write;
  const passkey = { publicKey: "k", counter: 0, deviceType: "singleDevice", backedUp: false };
  await write((transaction) =>
    transaction.passkey.create({
      data: { id: newId(), userId: ken?.id ?? "", credentialID: "lost-device", ...passkey },
    }),
  );
  const link = await invite(installation, admin, {
    email: "eve@example.test",
    name: "Eve",
    role: "admin",
  });
  const run = {
    kind: "issue",
    parameters: "{}",
    total: 9,
    done: 2,
    failed: 1,
    actorKind: "user",
    actorId: "x",
    requestedBy: "Olga",
    createdAt: installation.clock.now(),
  };
  const runs = ["running", "preparing", "finished"].map((status) => ({ id: newId(), status, ...run }));
  await write((transaction) => transaction.bulkRun.createMany({ data: runs }));
  await createBundle(installation, admin, { slug: "edge", name: "Edge", description: "", members: [] });
  await done(backup("copy.gz"));

  await revokeInvitation(installation, admin, { id: link.id });
  await changeRole(installation, admin, { ...person(vera), role: "viewer" });
  await disableUser(installation, admin, person(otto));
  const changed = "$scrypt$the hash of a new one";
  const at = installation.clock.now();
  await write((transaction) => replacePassword(transaction, paul?.id ?? "", changed, at));
  await removeSecondFactors(installation, admin, person(ken));
  await write((transaction) =>
    transaction.twoFactor.create({
      data: { id: newId(), userId: fay?.id ?? "", secret: "sealed", backupCodes: "sealed too" },
    }),
  );
  const { read } = installation.database;
  const profile = await read.certificateProfile.findUniqueOrThrow({ where: { slug: "client" } });
  await setProfileStatus(installation, admin, profile.id, profile.version, "retired");
  const authority = await read.authority.findFirstOrThrow({ where: { parentId: null } });
  await write((transaction) =>
    transaction.authority.update({ where: { id: authority.id }, data: { status: "retired" } }),
  );
  const bundle = await read.trustBundle.findUniqueOrThrow({ where: { slug: "edge" } });
  await write((transaction) =>
    transaction.trustBundleMember.create({
      data: { id: newId(), bundleId: bundle.id, certificateId: authority.certificateId, addedAt: at },
    }),
  );
  await installation.database.close();

  const { output } = await done(restore("copy.gz"));

  const again = {
    authoritiesRetired: [authority.name],
    profilesChanged: [profile.name],
    peopleDisabled: ["otto@example.test"],
    rolesChanged: ["vera@example.test"],
    passwordsChanged: ["paul@example.test"],
    passkeysChanged: ["ken@example.test"],
    secondFactorsChanged: ["fay@example.test"],
    bundlesChanged: ["edge"],
  };
  expect(output).toContain("Do these again:\n- Authorities that were retired after the backup");
  for (const [name] of Object.values(again)) expect(output).toContain(`: ${name}.\n`);
  expect(output).not.toContain(gil?.name);
  expect(output).toContain("Withdrew 1 open invitation");
  expect(output).toContain("Cancelled 2 bulk runs");

  const here = reopen();
  expect(await here.database.read.invitation.findMany({ where: { revokedAt: null } })).toEqual([]);
  const now = await here.database.read.bulkRun.findMany({ orderBy: { status: "asc" } });
  expect(now.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "finished"]);
  expect(now[0]?.finishedAt?.getTime()).toBeGreaterThan(Date.now() - 120_000);
  const events = await here.database.read.auditEvent.findMany({ orderBy: { sequence: "desc" }, take: 4 });
  expect(events.map(({ action }) => action)).toEqual([
    "bulk.cancelled",
    "bulk.cancelled",
    "invitation.revoked",
    "installation.restored",
  ]);
  expect(JSON.parse(events[3]?.details ?? "")).toMatchObject({ again });
  // Neither what was compared nor where it differs is told.
  expect(`${output}${events[3]?.details}`).not.toMatch(/scrypt|sealed|lost-device/);
  expect((await verdictOf(here)).whole).toBe(true);
});

test("the replaced database is kept, whole", { timeout: 60_000 }, async () => {
  await done(backup("copy.gz"));
  await issue(installation, (count) => count < 3);
  const { database } = installation.config;
  await installation.database.close();
  const before = await content();
  const { output } = await done(restore("copy.gz"));
  if (database.provider === "sqlite") {
    const kept = readdirSync(folder).filter((name) => name.includes(".before-restore-"));
    expect(kept).toHaveLength(1);
    expect(output).toContain(kept[0]);
    const old = openDatabase({ provider: "sqlite", file: join(folder, kept[0] ?? "") });
    expect(await old.read.certificate.count()).toBe(before.get("Certificate")?.length);
    await old.close();
    return;
  }
  const schema = /DROP SCHEMA "(\w+)"/.exec(output)?.[1];
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(`SELECT count(*)::int AS count FROM "${schema}"."Certificate"`);
  await client.end();
  expect(rows[0].count).toBe(before.get("Certificate")?.length);
});

test("a damaged database is replaced and kept all the same", { timeout: 60_000 }, async () => {
  await done(backup("copy.gz"));
  const { database } = installation.config;
  if (database.provider === "postgresql") {
    await installation.database.write((transaction) => transaction.$executeRaw`DROP TABLE "ApiToken"`);
    await installation.database.close();
  } else {
    await installation.database.close();
    const bytes = readFileSync(database.file);
    bytes.fill(0xff, bytes.length >> 2, bytes.length - 4_096);
    writeFileSync(database.file, bytes);
  }
  const { output } = await done(restore("copy.gz"));
  expect(output).toContain("could not be read to its end");
  expect(output).toMatch(/before.restore/);
  expect((await verdictOf(reopen())).whole).toBe(true);
});

test("an empty place is restored into as well", { timeout: 60_000 }, async () => {
  const { database } = installation.config;
  await done(backup("copy.gz"));
  await installation.database.close();
  if (database.provider === "postgresql") {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("DROP SCHEMA public CASCADE");
    await client.query("CREATE SCHEMA public");
    await client.end();
  } else {
    rmSync(database.file);
  }
  const { output } = await done(restore("copy.gz"));
  expect(output).not.toMatch(/before.restore/);
  expect((await verdictOf(reopen())).whole).toBe(true);
});

test("nothing is written with another master key, nor while somebody uses the database", {
  timeout: 120_000,
}, async () => {
  await done(backup("copy.gz"));
  await issue(installation, (count) => count < 2);
  await installation.database.close();
  const before = await content();
  const files = readdirSync(folder).sort();
  const other = randomBytes(32).toString("base64");
  const refused = await restore("copy.gz", { COUNTERSIGN_MASTER_KEY: other });
  expect(refused).toMatchObject({ code: 78 });
  expect(refused.output).toContain("The master key is not the one under which this backup was made");
  expect(readdirSync(folder).sort()).toEqual(files);

  const leave = await announcePresence(installation.config.database);
  const running = await restore("copy.gz");
  expect(running).toMatchObject({ code: 78 });
  expect(running.output).toContain("is running on this database");
  await leave();

  // A plane that was started alone says nothing of itself, but its connection is seen.
  const here = reopen();
  await here.database.read.ground.findFirst();
  const used = await restore("copy.gz");
  expect(used).toMatchObject({ code: 78 });
  expect(used.output).toMatch(/Another process uses the database|Others are connected/);
  expect(await content()).toEqual(before);
});

test("a file is not written over unless it is said, and a restore asks first", {
  timeout: 120_000,
}, async () => {
  await done(backup("copy.gz"));
  const again = await backup("copy.gz");
  expect(again).toMatchObject({ code: 78 });
  expect(again.output).toContain("is there already");
  expect(await backup("copy.gz", "--replace")).toMatchObject({ code: 0 });
  expect(readdirSync(folder).filter((name) => name.includes("unfinished"))).toEqual([]);
  await installation.database.close();
  const asked = await runScript("restore", ["--from", join(folder, "copy.gz")], installation.environment);
  expect(asked).toMatchObject({ code: 78 });
  expect(asked.output).toContain("Add --yes");
  const wrong = await runScript("restore", ["--form", "x"], installation.environment);
  expect(wrong.output).toContain("Usage: npm run restore");
});

test("a backup that is cut off, altered or of a newer version is refused, and nothing is written", async () => {
  await done(backup("copy.gz"));
  await installation.database.close();
  const before = await content();
  const good = readFileSync(join(folder, "copy.gz"));
  const text = gunzipSync(good).toString("utf8");
  const flipped = Buffer.from(good);
  flipped[good.length >> 1] = (flipped[good.length >> 1] ?? 0) ^ 0x10;
  const bad: [what: string, bytes: Buffer, sentence: RegExp][] = [
    ["cut off", good.subarray(0, good.length - 200), /damaged: it is cut off/],
    ["one bit flipped", flipped, /damaged/],
    ["a row changed", gzipSync(text.replace('"active"', '"Active"')), /checksum/],
    ["its end missing", gzipSync(text.slice(0, text.trimEnd().lastIndexOf("\n") + 1)), /its end is missing/],
    ["something behind", gzipSync(`${text}{}\n`), /after its end/],
    ["a newer format", gzipSync(text.replace('"version":1', '"version":2')), /newer version of Countersign/],
    [
      "a newer migration",
      gzipSync(text.replace(/"migration":"[^"]*"/, '"migration":"9999_newer"')),
      /newer version/,
    ],
    ["a picture", readFileSync("e2e/pictures/home.jpg"), /no backup of Countersign/],
    ["text", Buffer.from("hello\n"), /no backup of Countersign/],
    ["nothing", Buffer.alloc(0), /damaged|no backup/],
  ];
  for (const [what, bytes, sentence] of bad) {
    writeFileSync(join(folder, "bad.gz"), bytes);
    const refused = await restore("bad.gz");
    expect([what, refused.code]).toEqual([what, 78]);
    expect(refused.output).toMatch(sentence);
    expect(refused.output.trim().split("\n")).toHaveLength(1);
  }
  expect((await restore("not-there.gz")).output).toContain("no such file");
  expect(await content()).toEqual(before);
}, 120_000);

test(`kill -9 at ${CRASHES * 3} moments of a restore leaves the old database or the new one`, {
  timeout: 60_000 + CRASHES * 30_000,
}, async () => {
  await issue(installation, (count) => count < 20, "kept");
  await done(backup("copy.gz"));
  const parameters = ["--from", join(folder, "copy.gz"), "--yes"];
  const count = await installation.database.read.certificate.count();
  await installation.database.close();
  const random = seededRandom(SEED);
  process.stdout.write(`seed ${SEED}\n`);
  const began = performance.now();
  await restore("copy.gz");
  const usual = performance.now() - began;
  const outcomes = { old: 0, new: 0 };
  for (let crash = 0; crash < CRASHES * 3; crash++) {
    let here = reopen();
    await issue(here, (count) => count < 1, "lost");
    const before = await here.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
    const rows = await here.database.read.certificate.count();
    await here.database.close();
    await runScript("restore", parameters, installation.environment, usual * (0.2 + 0.9 * random()));
    here = reopen();
    const after = await here.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
    const isOld = after.auditHead === before.auditHead;
    outcomes[isOld ? "old" : "new"]++;
    expect(await here.database.read.certificate.count()).toBe(isOld ? rows : count);
    expect((await verdictOf(here)).whole).toBe(true);
    await here.database.close();
  }
  process.stdout.write(`${JSON.stringify(outcomes)}\n`);
  await done(restore("copy.gz"));
  expect(readdirSync(folder).filter((name) => name.includes(".restoring"))).toEqual([]);
  const inodes = readdirSync(folder)
    .filter((name) => /sqlite($|\.before-restore-)/.test(name))
    .map((name) => statSync(join(folder, name)).ino);
  expect(new Set(inodes).size).toBe(inodes.length);
  expect(await reopen().database.read.certificate.count()).toBe(count);
});
