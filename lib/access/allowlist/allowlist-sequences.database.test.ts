import { afterAll, beforeAll, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AllowlistFiles } from "#lib/access/allowlist/allowlist-files.ts";
import { readAllowlist } from "#lib/access/allowlist/testdata/allowlist-reader.ts";
import { createClient } from "#lib/access/client-change.ts";
import { resumeClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential, endCredential } from "#lib/access/credential-change.ts";
import { decide } from "#lib/access/decide/decide.ts";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { PresentedCertificates } from "#lib/access/presented-certificates.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";
import { sha256Fingerprint } from "#lib/x509/fingerprint.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

/** Steps of one sequence; the seed repeats it. */
const STEPS = Math.max(60, Math.floor(FUZZ_RUNS / 20));

const admin = testActor("admin");
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let issuer: Issuer;
let access: AccessSnapshot;
let files: AllowlistFiles;
let presented: PresentedCertificates;
let authorityId: string;
let firstSha256: string;
const serviceIds = new Map<string, string>();

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  for (const slug of ["payments", "orders"]) {
    serviceIds.set(slug, await createService(installation, admin, { slug, name: slug }));
  }
  access = new AccessSnapshot(installation, 3_600_000);
  await access.follow();
  files = new AllowlistFiles(installation, access);
  presented = new PresentedCertificates(installation, access);
  const { issuerId, sha256 } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: await issue("first", 0, 86_400) },
  });
  authorityId = issuerId ?? "";
  firstSha256 = sha256 ?? expect.fail("a certificate without a fingerprint");
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

/** Keys of which each may be in several certificates. */
const keys = new Map<number, Promise<{ spki: Uint8Array }>>();

async function issue(name: string, key: number, lifetimeSeconds: number): Promise<string> {
  const pair = keys.get(key) ?? generateKeyPair("ecdsa-p256");
  keys.set(key, pair);
  const { id } = await issuer.issue({
    profile: "client",
    key: { spki: (await pair).spki },
    subject: [[{ type: "2.5.4.3", value: `Common ${name}` }]],
    names: [
      { type: "dns", value: `${name}.example` },
      { type: "uri", value: `spiffe://example/${name}/api` },
    ],
    lifetimeSeconds,
    source: "api",
    actor: admin,
  });
  return id;
}

/** The same numbers in the same order for a seed (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

test("after whatever happens, each file says of every certificate of the inventory what the decision says", async () => {
  const { read } = installation.database;
  const number = randomNumbers(SEED);
  const any = <T>(list: readonly T[]): T =>
    list[number(list.length)] ?? expect.fail("nothing to choose from");
  const name = () => any(["billing", "orders", "mail"]);
  const certificates = () => read.certificate.findMany({ where: { kind: "end-entity", status: "issued" } });
  const clients = () => read.client.findMany({ orderBy: { id: "asc" } });
  const starting = () => (number(3) === 0 ? { startsAt: addSeconds(now, 3_600 * (1 + number(5))) } : {});
  const ending = () => (number(3) === 0 ? { endsAt: addSeconds(now, 3_600 * (6 + number(10))) } : {});
  const stranger = await testAuthority();
  const imported = await Promise.all(
    [0, 1, 2].map(async () => {
      const { der } = await testLeaf(stranger, { extensions: { extendedKeyUsage: ["clientAuth"] } });
      return { der, sha256: sha256Fingerprint(der) };
    }),
  );
  const steps: Record<string, () => Promise<unknown>> = {
    issue: () => issue(name(), number(3), any([3_600, 86_400, 864_000])),
    client: () => createClient(installation, admin, { name: `Client ${now.getTime()} ${number(1e9)}` }),
    grant: async () =>
      createGrant(installation, admin, {
        clientId: any(await clients()).id,
        serviceId: any([...serviceIds.values()]),
        ...(number(4) === 0 ? { paths: ["/api"] } : {}),
        ...starting(),
        ...ending(),
      }),
    endGrant: async () => endGrant(installation, admin, any(await read.grant.findMany()).id),
    certificate: async () =>
      addCredential(installation, admin, any(await clients()).id, {
        kind: "certificate",
        sha256: any([...(await certificates()).map(({ sha256 }) => sha256 ?? ""), any(imported).sha256]),
        ...starting(),
        ...ending(),
      }),
    key: async () =>
      addCredential(installation, admin, any(await clients()).id, {
        kind: "key",
        sha256: any(await certificates()).keySha256,
        ...ending(),
      }),
    name: async () =>
      addCredential(installation, admin, any(await clients()).id, {
        kind: "name",
        authorityId,
        ...any([
          { nameType: "dns" as const, nameValue: any([`${name()}.example`, "*.example"]) },
          {
            nameType: "uri" as const,
            nameValue: any(["spiffe://example/*", `spiffe://example/${name()}/*`]),
          },
          { nameType: "commonName" as const, nameValue: `Common ${name()}` },
        ]),
        isWideMeant: true,
        ...starting(),
        ...ending(),
      }),
    endCredential: async () =>
      endCredential(installation, admin, any(await read.credential.findMany()).id, addSeconds(now, 7_200)),
    suspend: async () => suspendClient(installation, admin, any(await clients()).id),
    resume: async () => resumeClient(installation, admin, any(await clients()).id),
    revoke: async () =>
      revokeCertificate(installation, admin, any(await certificates()).id, { reason: "superseded" }),
    hold: async () => holdCertificate(installation, admin, any(await certificates()).id, {}),
    release: async () => releaseCertificate(installation, admin, any(await certificates()).id, {}),
    import: () => recordForeignCertificates(installation, [any(imported).der]),
    time: async () => {
      now = addSeconds(now, 1_800 * (1 + number(6)));
    },
  };
  // Twice for what lets somebody in.
  const choices = [
    ...Object.keys(steps),
    "issue",
    "grant",
    "certificate",
    "key",
    "name",
    "resume",
    "release",
  ];
  for (let client = 0; client < 4; client++) {
    await steps.client?.();
    await steps.grant?.();
  }
  // Somebody is admitted before anything happens: no sequence compares refusals alone.
  const clientId = await createClient(installation, admin, { name: "Client from the start" });
  await addCredential(installation, admin, clientId, { kind: "certificate", sha256: firstSha256 });
  for (const serviceId of serviceIds.values()) {
    await createGrant(installation, admin, { clientId, serviceId });
  }
  await access.follow();
  expect(await compareAll(`before the first step of seed ${SEED}`)).toBe(2 * serviceIds.size);
  for (let step = 0; step < STEPS; step++) {
    const what = any(choices);
    try {
      await steps[what]?.();
    } catch (error) {
      // Much of it is refused: a second revocation, a credential that another client has.
      if (!(error instanceof DomainError) && !/nothing to choose/.test(String(error))) throw error;
    }
    await access.follow();
    await compareAll(`step ${step}, ${what}, of seed ${SEED}`);
  }
});

/** @returns how many were admitted */
async function compareAll(where: string): Promise<number> {
  const snapshot = access.current ?? expect.fail("no snapshot");
  const rows = await installation.database.read.certificate.findMany({ where: { status: "issued" } });
  let admitted = 0;
  for (const [service, serviceId] of serviceIds) {
    for (const format of ["json", "haproxy"] as const) {
      const { pieces } = await files.present({ service, serviceId, format });
      const admits = readAllowlist(format, Buffer.concat(pieces).toString("utf8"));
      const said = format === "json" ? { method: "GET", path: "/api/x" } : { method: null, path: null };
      for (const { id, body, displayName } of rows) {
        const certificate = await presented.read(id, () => ({ leaf: body, chain: [] }));
        if (typeof certificate === "string") return expect.fail("a certificate cannot be read");
        const { reason } = decide(snapshot, { service, ...said, certificate }, now.getTime());
        const candidate = { id, sha1: "", pemSha1: "", certificate };
        const found = admits({ candidate, ...said, now: now.getTime() });
        expect(found !== null, `${format} of ${service} about ${displayName} (${reason}), ${where}`).toBe(
          reason === "granted",
        );
        if (found !== null) admitted++;
      }
    }
  }
  return admitted;
}
