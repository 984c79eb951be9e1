import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { type CertificatePath, certificatePaths } from "#lib/inventory/certificate-path.ts";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";
import type { CertificateExtensions } from "#lib/x509/certificate-extensions.ts";
import { parseCertificate, parseCertificates } from "#lib/x509/certificate-reader.ts";
import { generateKeyPair, signTbs } from "#lib/x509/key.ts";
import { encodeName, parseName } from "#lib/x509/name.ts";
import { isSelfIssued } from "#lib/x509/path-faults.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";
import { run } from "./x509-checkers.ts";

/** What we say of a path must be what `openssl verify` says when it is given the same certificates. */

let installation: TestInstallation;
let folder: string;
const viewer = testActor("viewer");
beforeAll(async () => {
  installation = await testInstallation();
  folder = mkdtempSync(join(tmpdir(), "countersign-path-"));
});
afterAll(async () => {
  await installation.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A name with a key, for which several certificates may be made. */
interface Entity {
  name: string;
  key: Awaited<ReturnType<typeof generateKeyPair>>;
}

const DAY_MS = 86_400_000;

async function entity(name: string): Promise<Entity> {
  return { name, key: await generateKeyPair("ecdsa-p256") };
}

interface Wishes {
  /** In days from now. */
  from?: number;
  to?: number;
  extensions?: Partial<CertificateExtensions>;
}

function certify(subject: Entity, issuer: Entity, wishes: Wishes = {}): Uint8Array {
  const { from = -1, to = 30, extensions = {} } = wishes;
  const at = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * DAY_MS);
  const tbs = encodeTbsCertificate({
    serialNumber: newSerialNumber(),
    issuer: encodeName(parseName(issuer.name)),
    subject: parseName(subject.name),
    notBefore: at(from),
    notAfter: at(to),
    spki: subject.key.spki,
    signatureAlgorithm: "ecdsa-p256",
    extensions: {
      basicConstraints: { ca: true },
      keyUsage: ["keyCertSign", "cRLSign"],
      subjectKeyIdentifier: keyIdentifier(subject.key.spki),
      authorityKeyIdentifier: keyIdentifier(issuer.key.spki),
      ...extensions,
    },
  });
  return assembleCertificate(tbs, "ecdsa-p256", signTbs(tbs, issuer.key.privateKey, "ecdsa-p256"));
}

const LEAF: Partial<CertificateExtensions> = {
  basicConstraints: undefined,
  keyUsage: ["digitalSignature"],
  subjectAlternativeNames: [{ type: "dns", value: "api.example.test" }],
};

const leafOf = (issuer: Entity, leaf: Entity, extensions: Partial<CertificateExtensions> = {}) =>
  certify(leaf, issuer, { extensions: { ...LEAF, ...extensions } });

const pem = (certificates: readonly Uint8Array[]) =>
  certificates.map((der) => encodePem("CERTIFICATE", der)).join("");

/** Whether openssl 3.0 accepts the first certificate, trusting the roots among the others. */
function opensslAccepts([leaf, ...others]: readonly Uint8Array[]): boolean {
  const isRoot = (der: Uint8Array) => isSelfIssued(parseCertificate(der));
  const all = leaf === undefined ? [] : [leaf, ...others];
  writeFileSync(join(folder, "leaf.pem"), pem(all.slice(0, 1)));
  writeFileSync(join(folder, "roots.pem"), pem(all.filter(isRoot)));
  writeFileSync(join(folder, "others.pem"), pem(others.filter((der) => !isRoot(der))));
  return run(folder, "openssl", [
    ...["verify", "-no-CAfile", "-no-CApath", "-no-CAstore"],
    ...(all.some(isRoot) ? ["-CAfile", "roots.pem"] : []),
    ...(others.some((der) => !isRoot(der)) ? ["-untrusted", "others.pem"] : []),
    "leaf.pem",
  ]).accepted;
}

const bodies = new Map<string, Uint8Array>();

/** Takes certificates into the inventory. @returns the paths of the first one */
async function pathsAmong(certificates: readonly Uint8Array[]): Promise<CertificatePath[]> {
  for (const der of certificates) bodies.set(parseCertificate(der).sha256, der);
  const [first] = await recordForeignCertificates(installation, certificates);
  return certificatePaths(installation, viewer, first as string);
}

/** Each path for itself, and all certificates together: openssl says the same. */
function expectSameVerdicts(certificates: readonly Uint8Array[], paths: readonly CertificatePath[]): void {
  for (const path of paths) {
    const ofPath = path.steps.map(({ sha256 }) => bodies.get(sha256) as Uint8Array);
    expect([path.isValid, spoken(path)]).toEqual([opensslAccepts(ofPath), spoken(path)]);
  }
  if (opensslAccepts(certificates)) expect(paths[0]?.isValid).toBe(true);
}

const spoken = ({ steps, end }: CertificatePath) =>
  `${steps.map(({ name, faults }) => [name, ...faults.map(({ code }) => code)].join(" ")).join(" < ")} (${end.kind})`;

/** Names of their own for every case, so that one case's certificates are no candidates of another's. */
let cases = 0;
async function entities(...names: string[]): Promise<Entity[]> {
  cases++;
  return Promise.all(names.map((name) => entity(`CN=${name} ${cases},O=Example`)));
}

test("a plain chain is valid and ends in the imported root", async () => {
  const [root, middle, leaf] = (await entities("Root", "Middle", "Leaf")) as [Entity, Entity, Entity];
  const all = [leafOf(middle, leaf), certify(middle, root), certify(root, root)];
  const paths = await pathsAmong(all);
  expect(paths.map(spoken)).toEqual([`Leaf ${cases} < Middle ${cases} < Root ${cases} (imported-root)`]);
  expect(paths[0]?.isValid).toBe(true);
  expectSameVerdicts(all, paths);
});

test("a cross-signed root gives a path to each root, the shorter first, and cross-signing in a circle does no harm", async () => {
  const [one, two, leaf] = (await entities("One", "Two", "Leaf")) as [Entity, Entity, Entity];
  const all = [leafOf(one, leaf), certify(one, one), certify(two, two), certify(one, two), certify(two, one)];
  const paths = await pathsAmong(all);
  expect(paths.map(({ steps, end }) => [steps.length, end.kind])).toEqual([
    [2, "imported-root"],
    [3, "imported-root"],
  ]);
  expect(paths.every(({ isValid }) => isValid)).toBe(true);
  expectSameVerdicts(all, paths);
});

test("an expired intermediate is passed over when the same key has one that is valid", async () => {
  const [root, middle, leaf] = (await entities("Root", "Middle", "Leaf")) as [Entity, Entity, Entity];
  const all = [
    leafOf(middle, leaf),
    certify(middle, root, { from: -20, to: -1 }),
    certify(middle, root),
    certify(root, root),
  ];
  const paths = await pathsAmong(all);
  expect(paths.map(({ isValid }) => isValid)).toEqual([true, false]);
  expect(paths[1]?.steps[1]?.faults.map(({ code }) => code)).toEqual(["expired"]);
  expectSameVerdicts(all, paths);
});

test("of two intermediates with one name, the one whose key signed is found, with and without key identifiers", async () => {
  for (const extensions of [{}, { authorityKeyIdentifier: undefined }]) {
    const [root, middle, leaf] = (await entities("Root", "Middle", "Leaf")) as [Entity, Entity, Entity];
    const namesake = await entity(middle.name);
    const all = [
      leafOf(middle, leaf, extensions),
      certify(namesake, root),
      certify(middle, root),
      certify(root, root),
    ];
    const paths = await pathsAmong(all);
    expect(paths).toHaveLength(1);
    expect(paths[0]?.steps[1]?.sha256).toBe(parseCertificate(all[2] as Uint8Array).sha256);
    expectSameVerdicts(all, paths);
  }
});

test("without the intermediate the path says whose certificate is missing, by name and key identifier", async () => {
  const [root, middle, leaf] = (await entities("Root", "Middle", "Leaf")) as [Entity, Entity, Entity];
  const all = [leafOf(middle, leaf), certify(root, root)];
  const [path, ...others] = await pathsAmong(all);
  expect(others).toEqual([]);
  expect(path?.end).toEqual({
    kind: "missing",
    issuer: `Middle ${cases}`,
    keyIdentifier: Buffer.from(keyIdentifier(middle.key.spki)).toString("hex"),
    candidates: 0,
  });
  expectSameVerdicts(all, [path as CertificatePath]);
});

test("a namesake that did not sign is said to be here, but not taken for the issuer", async () => {
  const [root, middle, leaf] = (await entities("Root", "Middle", "Leaf")) as [Entity, Entity, Entity];
  const all = [leafOf(middle, leaf), certify(await entity(middle.name), root), certify(root, root)];
  const paths = await pathsAmong(all);
  expect(paths.map(({ end }) => end)).toMatchObject([{ kind: "unsigned", candidates: 1 }]);
  expectSameVerdicts(all, paths);
});

test("authorities that only sign each other lead to no root", async () => {
  const [one, two, leaf] = (await entities("One", "Two", "Leaf")) as [Entity, Entity, Entity];
  const all = [leafOf(one, leaf), certify(one, two), certify(two, one)];
  const paths = await pathsAmong(all);
  expect(paths.map(({ end }) => end.kind)).toEqual(["circle"]);
  expectSameVerdicts(all, paths);
});

test.each<[string, Partial<CertificateExtensions>, string]>([
  ["is no authority", { basicConstraints: { ca: false } }, "not-an-authority"],
  ["may not sign certificates", { keyUsage: ["cRLSign"] }, "no-key-cert-sign"],
  ["permits other names", constraints({ permitted: ["other.test"] }), "name-constraints"],
  ["excludes the name", constraints({ excluded: ["example.test"] }), "name-constraints"],
])("an intermediate that %s breaks the path", async (_, extensions, code) => {
  const [root, middle, leaf] = (await entities("Root", "Middle", "Leaf")) as [Entity, Entity, Entity];
  const all = [leafOf(middle, leaf), certify(middle, root, { extensions }), certify(root, root)];
  // The intermediate is looked for among authorities, whatever it says of itself.
  const [path] = await pathsAmong(all);
  if (code === "not-an-authority") {
    expect(path?.end.kind).toBe("missing");
  } else {
    expect(path?.steps.flatMap(({ faults }) => faults.map((fault) => fault.code))).toEqual([code]);
  }
  expectSameVerdicts(all, path === undefined ? [] : [path]);
});

function constraints({ permitted = [], excluded = [] }: { permitted?: string[]; excluded?: string[] }) {
  const subtrees = (values: string[]) => values.map((value) => ({ type: "dns" as const, value }));
  return { nameConstraints: { permitted: subtrees(permitted), excluded: subtrees(excluded) } };
}

const permitted = (type: "dns" | "uri", value: string) => ({ permitted: [{ type, value }], excluded: [] });
const excluded = (type: "dns" | "uri", value: string) => ({ permitted: [], excluded: [{ type, value }] });

test.each<[string, Partial<CertificateExtensions>, string]>([
  ...[
    "www.evil.test",
    "a_b.evil.test",
    "_a.evil.test",
    "10.0.0.1",
    "*.evil.test",
    "evil",
    "evil.test.",
    ".evil.test",
    "evil..test",
    "-a.evil.test",
    "a-.evil.test",
    "a--b.evil.test",
    "an evil.test",
    "évil.test",
    "www.good.test",
  ].map((name): [string, Partial<CertificateExtensions>, string] => [
    name,
    { nameConstraints: permitted("dns", "good.test") },
    name,
  ]),
  ...(
    [
      ["*.good.test", excluded("dns", "a.good.test")],
      ["*.good.test", excluded("dns", "good.test")],
      ["*.good.test", permitted("dns", "good.test")],
      ["*.good.test", permitted("dns", "a.good.test")],
    ] as const
  ).map(([value, nameConstraints]): [string, Partial<CertificateExtensions>, string] => [
    `the DNS name ${value}`,
    { nameConstraints, subjectAlternativeNames: [{ type: "dns", value }] },
    "leaf",
  ]),
  ...[
    "https://u@evil.test/",
    "https://u:p@evil.test/",
    "https://evil.test:8443/",
    "https://evil.test?a",
    "https://evil.test/a:b",
    "https://a.evil.test/",
    "https://u@a.evil.test/",
    "https://10.0.0.1/",
    "https:///",
    "urn:evil.test",
  ].flatMap((value) =>
    [
      excluded("uri", "evil.test"),
      excluded("uri", ".evil.test"),
      permitted("uri", "evil.test"),
      permitted("uri", ".evil.test"),
    ].map((nameConstraints): [string, Partial<CertificateExtensions>, string] => [
      `the URI ${value}`,
      { nameConstraints, subjectAlternativeNames: [{ type: "uri", value }] },
      "leaf",
    ]),
  ),
])("%s is constrained as openssl constrains it: %j", async (_, extensions, commonName) => {
  const [root] = (await entities("Root")) as [Entity];
  const leaf = await entity(`CN=${commonName}`);
  const all = [
    leafOf(root, leaf, {
      subjectAlternativeNames: undefined,
      ...extensions,
      nameConstraints: undefined,
    }),
    certify(root, root, { extensions: { nameConstraints: extensions.nameConstraints } }),
  ];
  const paths = await pathsAmong(all);
  expect(paths).toHaveLength(1);
  expectSameVerdicts(all, paths);
});

test("a path length is exceeded by an intermediate, and not by a certificate that only changes a key", async () => {
  const [root, middle, below, leaf] = (await entities("Root", "Middle", "Below", "Leaf")) as [
    Entity,
    Entity,
    Entity,
    Entity,
  ];
  const short = { extensions: { basicConstraints: { ca: true, pathLength: 0 } } };
  const all = [
    leafOf(below, leaf),
    certify(below, middle),
    certify(middle, root, short),
    certify(root, root),
  ];
  const paths = await pathsAmong(all);
  expect(paths[0]?.steps.map(({ faults }) => faults.map(({ code }) => code))).toEqual([
    [],
    [],
    ["path-length"],
    [],
  ]);
  expectSameVerdicts(all, paths);

  const [other, old, user] = (await entities("Other", "Middle", "Leaf")) as [Entity, Entity, Entity];
  const renewed = await entity(old.name);
  const rollover = [
    leafOf(renewed, user),
    certify(renewed, old),
    certify(old, other, short),
    certify(other, other),
  ];
  const rolled = await pathsAmong(rollover);
  expect(rolled[0]).toMatchObject({ isValid: true, end: { kind: "imported-root" } });
});

test("random hierarchies, with faults and cross-signatures, are judged as openssl judges them", async () => {
  const keys = await Promise.all(Array.from({ length: 4 }, (_, index) => entity(`CN=key ${index}`)));
  const wish = fc.record({
    subject: fc.nat(3),
    issuer: fc.nat(3),
    expired: fc.constantFrom(true, false, false),
    pathLength: fc.option(fc.nat(1)),
    permitted: fc.constantFrom("none", "example.test", "other.test"),
    signs: fc.constantFrom(true, true, true, false),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(wish, { minLength: 2, maxLength: 6 }), fc.nat(3), async (wishes, signer) => {
      cases++;
      const named = keys.map(({ key }, index): Entity => ({ name: `CN=Authority ${index} ${cases}`, key }));
      const of = (index: number) => named[index] as Entity;
      const all = [
        leafOf(of(signer), { name: `CN=leaf ${cases}`, key: of(0).key }),
        certify(of(0), of(0)),
        ...wishes.map(({ subject, issuer, expired, pathLength, permitted, signs }) =>
          certify(of(subject), of(issuer), {
            ...(expired ? { from: -9, to: -1 } : {}),
            extensions: {
              basicConstraints: { ca: true, ...(pathLength === null ? {} : { pathLength }) },
              keyUsage: signs ? ["keyCertSign"] : ["cRLSign"],
              ...(permitted === "none" ? {} : constraints({ permitted: [permitted] })),
            },
          }),
        ),
      ];
      expectSameVerdicts(all, await pathsAmong(all));
    }),
    { numRuns: Math.ceil(FUZZ_RUNS / 8), seed: SEED },
  );
});

test("the roots that Debian trusts are judged as openssl judges them, each as a root", async () => {
  const roots = parseCertificates(readFileSync("/etc/ssl/certs/ca-certificates.crt"));
  expect(roots.length).toBeGreaterThan(100);
  for (let start = 0; start < roots.length; start += 50) {
    const part = roots.slice(start, start + 50).map(({ der }) => der);
    const ids = await recordForeignCertificates(installation, part);
    for (const [index, der] of part.entries()) {
      const paths = await certificatePaths(installation, viewer, ids[index] as string);
      expect(paths.map(({ end, steps }) => [end.kind, steps.length])).toEqual([["imported-root", 1]]);
      expect([paths[0]?.isValid, spoken(paths[0] as CertificatePath)]).toEqual([
        opensslAccepts([der]),
        spoken(paths[0] as CertificatePath),
      ]);
    }
  }
});
