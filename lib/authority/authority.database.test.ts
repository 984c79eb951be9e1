import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { setAuthorityStatus } from "#lib/authority/authority-change.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import type { AuthorityInput } from "#lib/authority/authority-input.ts";
import { authorityPath, getAuthority, listAuthorities, trustBundle } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { changeProfile, createProfile } from "#lib/authority/profile-change.ts";
import { FIRST_PROFILES } from "#lib/authority/profile-rules.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";

let installation: TestInstallation;
let issuer: Issuer;
let folder: string;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  folder = mkdtempSync(join(tmpdir(), "countersign-authority-"));
  await foundAuthorities(installation, admin, { organisation: "Example", nameConstraints: ["example.test"] });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
  rmSync(folder, { recursive: true, force: true });
});

const openssl = (...parameters: string[]) =>
  execFileSync("openssl", parameters, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });

const input = (wishes: Partial<AuthorityInput>): AuthorityInput => ({
  name: "Another CA",
  organisation: "",
  keyAlgorithm: "ecdsa-p256",
  days: 100,
  parentId: null,
  purposes: ["client"],
  pathLength: 0,
  permitted: [],
  excluded: [],
  ...wishes,
});

test("founding twice makes nothing twice", async () => {
  const before = await listAuthorities(installation, admin);
  await foundAuthorities(installation, admin, { organisation: "Example", nameConstraints: ["example.test"] });
  expect(await listAuthorities(installation, admin)).toEqual(before);
  expect(before.map((authority) => authority.kind)).toEqual([
    "root",
    "intermediate",
    "intermediate",
    "intermediate",
  ]);
});

test("every authority verifies up to its root with openssl -x509_strict", async () => {
  for (const authority of await listAuthorities(installation, admin)) {
    const [own, ...above] = await authorityPath(installation, authority.slug);
    writeFileSync(join(folder, "own.pem"), encodePem("CERTIFICATE", own ?? new Uint8Array()));
    writeFileSync(
      join(folder, "above.pem"),
      [...above, ...(above.length === 0 && own ? [own] : [])]
        .map((each) => encodePem("CERTIFICATE", each))
        .join(""),
    );
    expect(openssl("verify", "-x509_strict", "-CAfile", "above.pem", "own.pem").toString()).toContain("OK");
  }
});

test("the bundle of clients has the root and every authority that issues clients", async () => {
  const bundle = await trustBundle(installation, "clients");
  expect(bundle.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
});

test("a retired authority stays in the bundles, because what it issued stays valid", async () => {
  const before = await trustBundle(installation, "clients");
  const { id, version } = await getAuthority(installation, admin, "example-client-ca");
  await setAuthorityStatus(installation, admin, id, version, "retired");
  expect(await trustBundle(installation, "clients")).toBe(before);
  await setAuthorityStatus(installation, admin, id, version + 1, "active");
});

test("a root stands in the bundles from the moment on at which it issues by itself", async () => {
  const root = await createAuthority(
    installation,
    admin,
    input({ name: "Issuing Root", purposes: ["server"] }),
  );
  const [der] = await authorityPath(installation, root);
  const pem = encodePem("CERTIFICATE", der ?? new Uint8Array());
  expect(await trustBundle(installation, "servers")).not.toContain(pem);
  const [server] = FIRST_PROFILES;
  const rules = server?.rules as NonNullable<typeof server>["rules"];
  const profile = { slug: "from-root", name: "From the root", description: "", authorityId: root, rules };
  const id = await createProfile(installation, admin, profile);
  expect(await trustBundle(installation, "servers")).toContain(pem);
  expect(await trustBundle(installation, "clients")).not.toContain(pem);

  await issueWithKeyMadeHere(issuer, admin, {
    profile: "from-root",
    keyAlgorithm: "ecdsa-p256",
    subject: [],
    names: [{ type: "dns", value: "root.example.test" }],
  });
  const authorityId = (await getAuthority(installation, admin, "example-server-ca")).id;
  await changeProfile(installation, admin, id, 1, { ...profile, authorityId });
  expect(await trustBundle(installation, "servers")).toContain(pem);
});

test("the root's name constraints bind what its intermediates issue", async () => {
  const order = (value: string) =>
    issueWithKeyMadeHere(issuer, admin, {
      profile: "server",
      keyAlgorithm: "ecdsa-p256",
      subject: [],
      names: [{ type: "dns", value }],
    });
  await expect(order("api.elsewhere.test")).rejects.toMatchObject({ violations: [{ field: "names" }] });
  expect((await order("api.example.test")).issued.authority).toBe("example-server-ca");
});

test("what an authority may not be is refused by the rule it breaks", async () => {
  const root = (await listAuthorities(installation, admin))[0]?.id ?? "";
  const server = (await getAuthority(installation, admin, "example-server-ca")).id;
  const create = (wishes: Partial<AuthorityInput>) => createAuthority(installation, admin, input(wishes));
  await expect(create({ parentId: server })).rejects.toMatchObject({
    violations: [{ rule: "rfc5280.4.2.1.9" }, {}],
  });
  await expect(create({ parentId: root, days: 10_000 })).rejects.toMatchObject({
    violations: [{ field: "days" }],
  });
  await expect(
    create({ parentId: root, permitted: [{ type: "dns", value: "other.test" }] }),
  ).rejects.toMatchObject({
    violations: [{ field: "permitted" }],
  });
  await expect(create({ name: "" })).rejects.toMatchObject({
    code: "malformed",
    violations: [{ field: "name" }],
  });
  await expect(create({ permitted: [{ type: "ip", value: "10.0.0.0/99" }] })).rejects.toMatchObject({
    code: "policyViolation",
  });
  await expect(createAuthority(installation, testActor("operator"), input({}))).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("post-quantum roots can be made", async () => {
  const id = await createAuthority(
    installation,
    admin,
    input({ name: "Quantum CA", keyAlgorithm: "ml-dsa-65" }),
  );
  const [own] = await authorityPath(installation, id);
  expect(parseCertificate(own ?? new Uint8Array()).isCa).toBe(true);
});

test("an authority made by openssl is imported with its key, as PEM and as PKCS#12, and issues", async () => {
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "root.key",
    "-out",
    "root.pem",
    "-days",
    "3000",
    "-subj",
    "/O=Old/CN=Old Root",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
  );
  openssl(
    "req",
    "-new",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    "sub.key",
    "-out",
    "sub.csr",
    "-subj",
    "/O=Old/CN=Old Issuing",
  );
  writeFileSync(
    join(folder, "ext"),
    "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
  );
  openssl(
    "x509",
    "-req",
    "-in",
    "sub.csr",
    "-CA",
    "root.pem",
    "-CAkey",
    "root.key",
    "-CAcreateserial",
    "-days",
    "1000",
    "-extfile",
    "ext",
    "-out",
    "sub.pem",
  );
  openssl(
    "pkcs12",
    "-export",
    "-in",
    "sub.pem",
    "-inkey",
    "sub.key",
    "-certfile",
    "root.pem",
    "-passout",
    "pass:secret-1",
    "-out",
    "sub.p12",
  );
  const file = (name: string) => readFileSync(join(folder, name));

  await expect(
    importAuthority(installation, admin, {
      certificate: file("sub.pem").toString(),
      privateKey: file("sub.key").toString(),
    }),
  ).rejects.toMatchObject({ violations: [{ field: "certificate", rule: "import.path" }] });
  await expect(
    importAuthority(installation, admin, {
      certificate: file("root.pem").toString(),
      privateKey: file("sub.key").toString(),
    }),
  ).rejects.toMatchObject({ violations: [{ field: "privateKey", rule: "import.key" }] });
  await expect(
    importAuthority(installation, admin, { pkcs12: file("sub.p12"), password: "wrong" }),
  ).rejects.toMatchObject({ code: "malformed", violations: [{ field: "password" }] });

  const id = await importAuthority(installation, admin, { pkcs12: file("sub.p12"), password: "secret-1" });
  await expect(
    importAuthority(installation, admin, { pkcs12: file("sub.p12"), password: "secret-1" }),
  ).rejects.toMatchObject({ code: "conflict" });
  await importAuthority(installation, admin, {
    certificate: file("root.pem").toString(),
    privateKey: file("root.key").toString(),
    name: "Old Root",
  });
  const [profile] = FIRST_PROFILES;
  await createProfile(installation, admin, {
    slug: "old-server",
    name: "Old server",
    description: "",
    authorityId: id,
    rules: profile?.rules as NonNullable<typeof profile>["rules"],
  });
  const { issued } = await issueWithKeyMadeHere(issuer, admin, {
    profile: "old-server",
    keyAlgorithm: "ecdsa-p384",
    subject: [],
    names: [{ type: "dns", value: "old.elsewhere.test" }],
  });
  writeFileSync(join(folder, "leaf.pem"), encodePem("CERTIFICATE", issued.certificate));
  expect(
    openssl("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "sub.pem", "leaf.pem").toString(),
  ).toContain("OK");
});
