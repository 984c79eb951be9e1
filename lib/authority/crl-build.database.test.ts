import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { fillRevocations } from "#e2e/fixtures/many-revocations.ts";
import { buildCrl } from "#lib/authority/crl-build.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { addSeconds, truncateToSecond } from "#lib/clock.ts";
import type { Prisma } from "#lib/database.ts";
import { openDriver } from "#lib/driver.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { crlEntry, encodeTbsCrl } from "#lib/x509/crl-writer.ts";
import { fromHex } from "#lib/x509/hex.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** More than two slices of what is read at once. */
const ENTRIES = 3_100;
const now = truncateToSecond(new Date());
const HOUR = 3_600;

let installation: TestInstallation;
let authorityId: string;

beforeAll(async () => {
  installation = await testInstallation({ now: () => now });
  await foundAuthorities(installation, testActor("admin"), { organisation: "Example" });
  const slug = "example-server-ca";
  authorityId = (await installation.database.read.authority.findUniqueOrThrow({ where: { slug } })).id;
  await fillRevocations(installation.config.database, authorityId, ENTRIES, now);
});
afterAll(() => installation.close());

/** Serial numbers of any length, which sort as texts. */
const SERIALS = ["01", "5e", "5e00", "7f", "80", "ff", `7${"a".repeat(39)}`];

test("a list has each revocation once, byte for byte the same on either database", async () => {
  // Each in a transaction of its own: PostgreSQL looks for the certificate when a row is changed twice in one.
  const change = (where: { gt: number; lt: number }, data: Prisma.RevocationUncheckedUpdateManyInput) =>
    installation.database.write(({ revocation }) =>
      revocation.updateMany({ where: { change: where }, data }),
    );
  // Many end at the same time, at the border of slices too; times have fractions, or lie before 1970.
  await change({ gt: 900, lt: 2_900 }, { notAfter: addSeconds(now, 1_000 * HOUR) });
  const odd = { revokedAt: new Date(now.getTime() - 1), invalidAt: new Date(now.getTime() - 86_400_001) };
  await change({ gt: 1_400, lt: 1_700 }, odd);
  await change({ gt: 6, lt: 8 }, { invalidAt: new Date(-1_500) });
  for (const [index, serial] of SERIALS.entries()) {
    await change({ gt: 999 + index, lt: 1_001 + index }, { serial });
  }
  const { config, masterKey, database } = installation;
  const connection = await openDriver(config.database);
  const order = { crlId: "built", authorityId, number: 5n, now, life: 72 * HOUR, previous: null };
  const list = await buildCrl(config.database, connection, masterKey, order).finally(() =>
    connection.close(),
  );
  const parts = await database.read.crlPart.findMany({
    where: { crlId: "built" },
    orderBy: { position: "asc" },
  });
  const crl = readCrl(Buffer.concat(parts.map(({ body }) => body)));

  const rows = await database.read.revocation.findMany();
  rows.sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime() || (a.serial < b.serial ? -1 : 1));
  const { certificate, key } = await database.read.authority.findUniqueOrThrow({
    where: { id: authorityId },
    include: { certificate: true, key: true },
  });
  const tbs = encodeTbsCrl({
    issuer: parseCertificate(certificate.body).subjectDer,
    signatureAlgorithm: key.algorithm as KeyAlgorithm,
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    entries: rows.map((row) => crlEntry({ ...row, reason: row.reason as RevocationReason })),
    authorityKeyIdentifier: fromHex(parseCertificate(certificate.body).subjectKeyIdentifier ?? ""),
    number: 5n,
  });
  expect(list.entries).toBe(ENTRIES);
  expect(Buffer.compare(crl.tbs, tbs)).toBe(0);
});
