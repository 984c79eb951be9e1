import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { decide } from "#lib/access/decide/decide.ts";
import { moment, world } from "#lib/access/decide/testdata/random-world.ts";
import type { World } from "#lib/access/decide/world.ts";
import { type AccessQuestion, explainAccess } from "#lib/access/explain-access.ts";
import { PresentedCertificates } from "#lib/access/presented-certificates.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate } from "#lib/authority/revoke.ts";
import type { Clock } from "#lib/clock.ts";
import { encodeBase64 } from "#lib/x509/base64.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { fuzzParameters, mutated } from "#lib/x509/testdata/fuzz.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

const admin = testActor("admin");
/** That of the random worlds. */
const T = 1_800_000_000_000;
const clock: Clock = { now: () => new Date(T) };
let installation: TestInstallation;
/** The authorities that the random worlds call one and two. */
const authorityIds = new Map<string, string>();
/** Their hashes stand for aa, bb and cc of the random worlds. */
const certificates: { id: string; der: Uint8Array }[] = [];

beforeAll(async () => {
  installation = await testInstallation(clock);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const names = [
    [{ type: "dns", value: "x.a.example" } as const],
    [{ type: "uri", value: "spiffe://x/ns/a/b" } as const, { type: "dns", value: "b.example" } as const],
    [{ type: "uri", value: "spiffe://x/ns" } as const],
  ];
  for (const [index, own] of names.entries()) {
    const { id } = await inlineIssuer(installation).issue({
      profile: "client",
      key: await generateKeyPair("ecdsa-p256"),
      subject: [[{ type: "2.5.4.3", value: "a.example" }]],
      names: own,
      source: "api",
      actor: admin,
    });
    const row = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
    certificates.push({ id, der: row.body });
    authorityIds.set("one", row.issuerId ?? "");
    if (index === 2) await holdCertificate(installation, admin, id, {});
  }
  const other = await installation.database.read.authority.findFirstOrThrow({
    where: { id: { not: authorityIds.get("one") ?? "" } },
  });
  authorityIds.set("two", other.id);
  const stranger = await testLeaf(await testAuthority({ notBefore: new Date(T) }), {
    notBefore: new Date(T - 1_000),
    extensions: { extendedKeyUsage: ["clientAuth"] },
  });
  certificates.push({ id: "", der: stranger.der });
});
afterAll(() => installation.close());

const date = (time: number) => (Number.isFinite(time) ? new Date(time) : null);
const numbered = (what: string, index: number) => `${what}${String(index).padStart(4, "0")}`;

/** Puts a random world in the place of what the database has. */
async function store({ services, clients, credentials, grants }: World): Promise<void> {
  const shas = certificates.map(({ der }) => readForeignCertificate(der));
  const hashOf = (kind: string, sha256: string) => {
    const parsed = shas[["aa", "bb", "cc"].indexOf(sha256)];
    return (kind === "key" ? parsed?.spkiSha256 : parsed?.sha256) ?? "";
  };
  const author = { createdAt: new Date(T), createdBy: "somebody" };
  await installation.database.write(async (transaction) => {
    await transaction.grant.deleteMany();
    await transaction.credential.deleteMany();
    await transaction.client.deleteMany();
    await transaction.service.deleteMany();
    await transaction.service.createMany({
      data: services.map(({ isLearning, authorities, ...service }, place) => ({
        ...service,
        ...{ id: numbered("service", place), name: service.slug, notes: "", hostNames: "[]", place },
        ...{ status: "active", version: 1, createdAt: new Date(T) },
        authorities: JSON.stringify(authorities.map((id) => authorityIds.get(id))),
        unknownClients: isLearning ? "learn" : "refuse",
      })),
    });
    await transaction.client.createMany({
      data: clients.map(({ name, status, expiresAt }, index) => ({
        ...{ id: numbered("client", index), name, nameKey: name, environment: "", owner: "", tags: "[]" },
        ...{ notes: "", status, statusSince: new Date(T), expiresAt: date(expiresAt), isProtected: false },
        ...{ source: "hand", version: 1, change: 1, ...author },
      })),
    });
    await transaction.credential.createMany({
      data: credentials.map((credential, index) => ({
        ...{ id: numbered("credential", index), clientId: numbered("client", credential.client) },
        kind: credential.kind,
        sha256: credential.kind === "name" ? "" : hashOf(credential.kind, credential.sha256),
        nameType: credential.kind === "name" ? credential.pattern.type : "",
        nameValue: credential.kind === "name" ? credential.pattern.value : "",
        authorityId:
          credential.kind === "name" ? (authorityIds.get(credential.pattern.authority) ?? null) : null,
        ...{ startsAt: new Date(credential.startsAt), endsAt: date(credential.endsAt) },
        ...{ revokesAtEnd: false, ...author },
      })),
    });
    await transaction.grant.createMany({
      data: grants.map(({ client, service, startsAt, endsAt, paths, methods }, index) => ({
        ...{ id: numbered("grant", index), clientId: numbered("client", client) },
        ...{ serviceId: numbered("service", service), startsAt: new Date(startsAt), endsAt: date(endsAt) },
        ...{ paths: JSON.stringify(paths), methods: JSON.stringify(methods), version: 1, ...author },
      })),
    });
  });
}

test("what is explained is what a proxy would be told, of any certificate in any world", async () => {
  const path = fc.constantFrom("/", "/a", "/a/x?y=/c", "/a/../c", "/c");
  const question = fc.record({ method: fc.constantFrom("GET", "POST"), path, at: moment });
  await fc.assert(
    fc.asyncProperty(world, question, async (state, { method, path, at }) => {
      await store(state);
      const access = new AccessSnapshot(installation, 60_000);
      await access.follow();
      const snapshot = access.current ?? expect.fail("no snapshot");
      const presented = new PresentedCertificates(installation, access);
      for (const [index, { id, der }] of certificates.entries()) {
        const certificate = await presented.read(String(index), () => ({ leaf: der, chain: [] }));
        for (const service of ["payments", "orders", "nowhere"]) {
          const told = decide(snapshot, { service, method, path, certificate }, at);
          const asked = id === "" ? { certificate: encodeBase64(der) } : { certificateId: id };
          const explained = await explainAccess(installation, admin, {
            ...asked,
            ...{ service, method, path, at: new Date(at) },
          });
          expect(explained.decision).toEqual({ permitted: told.permitted, reason: told.reason });
          expect(explained.client?.id ?? null).toBe(
            told.client === null ? null : snapshot.client(told.client).id,
          );
          const first = explained.rules.find(({ verdict }) => verdict != null);
          if (!told.permitted && !["client-unknown", "not-granted"].includes(first?.verdict ?? "")) {
            expect(told.reason).toBe(first?.verdict);
          }
        }
      }
    }),
    fuzzParameters(0.05),
  );
});

test("a pasted certificate is explained with its facts, and its client and credential", async () => {
  const client = { id: "", name: "Billing", status: "active", expiresAt: Number.POSITIVE_INFINITY } as const;
  const terms = { startsAt: T, endsAt: Number.POSITIVE_INFINITY };
  const service = { minimumStrength: 112, authorities: [], isLearning: false, failsOpen: false };
  await store({
    usableUntil: 0,
    services: [{ slug: "payments", ...service }],
    clients: [client],
    credentials: [{ id: "", client: 0, kind: "key", sha256: "aa", ...terms }],
    grants: [{ client: 0, service: 0, paths: ["/api"], methods: [], ...terms }],
  });
  const [certificate] = certificates;
  const ask = (more: Partial<AccessQuestion>) =>
    explainAccess(installation, testActor("viewer"), {
      certificate: `Subject: whoever\n${encodePem("CERTIFICATE", certificate?.der ?? expect.fail())}`,
      service: "payments",
      ...more,
    });
  const explained = await ask({ path: "/api/x" });
  expect(explained).toMatchObject({
    decision: { permitted: true, reason: "granted" },
    client: { id: "client0000", name: "Billing", status: "active" },
    credential: { id: "credential0000", kind: "key" },
    certificate: {
      certificateId: certificate?.id,
      issuer: { id: authorityIds.get("one") },
      names: [
        { type: "dns", value: "x.a.example" },
        { type: "commonName", value: "a.example" },
      ],
      revocation: "good",
      isForClients: true,
    },
  });
  expect(explained.rules.every(({ verdict }) => verdict === null)).toBe(true);
  expect((await ask({})).decision.reason).toBe("path-not-granted");
  expect((await ask({ at: new Date(T - 1_000) })).rules.at(-1)).toEqual({
    name: "grant",
    verdict: undefined,
  });
});

test("a service that accepts an authority accepts it under each of its certificates", async () => {
  const { id: _, ...first } = await installation.database.read.authority.findUniqueOrThrow({
    where: { id: authorityIds.get("one") ?? "" },
  });
  const renewed = { ...first, id: "zzzzrenewed", slug: "renewed", createdAt: new Date(T + 1_000) };
  await installation.database.write((transaction) => transaction.authority.create({ data: renewed }));
  const ask = async (authority: string) => {
    const terms = { minimumStrength: 0, isLearning: true, failsOpen: false, authorities: ["asked"] };
    authorityIds.set("asked", authority);
    await store({
      ...{ usableUntil: 0, clients: [], credentials: [], grants: [] },
      services: [{ slug: "payments", ...terms }],
    });
    const certificateId = certificates[0]?.id ?? "";
    const { rules } = await explainAccess(installation, admin, { certificateId, service: "payments" });
    return rules.find(({ name }) => name === "issuer")?.verdict;
  };
  try {
    expect(await ask(renewed.id)).toBeNull();
    expect(await ask(authorityIds.get("two") ?? "")).toBe("issuer-not-accepted");
  } finally {
    const where = { id: renewed.id };
    await installation.database.write((transaction) => transaction.authority.delete({ where }));
  }
});

test("whatever is pasted is explained or refused, and nothing else", async () => {
  const der = certificates[0]?.der ?? expect.fail();
  const pasted = fc.oneof(
    mutated(der).map((bytes) => encodePem("CERTIFICATE", bytes)),
    mutated(Buffer.from(encodePem("CERTIFICATE", der))).map((bytes) => Buffer.from(bytes).toString("latin1")),
    mutated(der).map((bytes) => encodeBase64(bytes)),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(pasted, async (certificate) => {
      const said = await explainAccess(installation, admin, { certificate, service: "payments" }).then(
        () => "explained",
        ({ code, violations }) => `${code} ${violations?.[0]?.field}`,
      );
      expect(["explained", "malformed certificate", "tooLarge certificate"]).toContain(said);
    }),
    fuzzParameters(0.5),
  );
});

const badQuestions: [name: string, question: object, code: string, field: string | undefined][] = [
  ["no certificate at all", { certificate: "hello, world" }, "malformed", "certificate"],
  ["base64 of something else", { certificate: "AAAA" }, "malformed", "certificate"],
  ["a megabyte", { certificate: "A".repeat(1_000_000) }, "tooLarge", "certificate"],
  ["a key", { certificate: encodePem("PRIVATE KEY", new Uint8Array(9)) }, "malformed", "certificate"],
  [
    "two certificates",
    { certificate: encodePem("CERTIFICATE", new Uint8Array(9)).repeat(2) },
    "malformed",
    "certificate",
  ],
  ["a certificate that is not there", { certificateId: "nothing" }, "notFound", undefined],
  ["a path that is none", { path: "api" }, "malformed", "path"],
  ["a method in lower case", { method: "get" }, "malformed", "method"],
  ["a service that can be none", { service: "No such" }, "malformed", "service"],
];

test.each(badQuestions)("a question with %s is refused, naming the field", async (_, bad, code, field) => {
  const sound = { certificateId: certificates[0]?.id ?? "", service: "payments" };
  const question = "certificate" in bad ? { service: "payments", ...bad } : { ...sound, ...bad };
  const refused = await explainAccess(installation, admin, question as AccessQuestion).catch((e) => e);
  expect(refused).toMatchObject({ code });
  expect(refused.violations[0]?.field).toBe(field);
});
