import { afterEach, beforeEach, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AllowlistFiles } from "#lib/access/allowlist/allowlist-files.ts";
import { admitCaller } from "#lib/access/caller-admit.ts";
import { CallerTally } from "#lib/access/caller-tally.ts";
import { createClient } from "#lib/access/client-change.ts";
import { importClients } from "#lib/access/client-import.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { decide } from "#lib/access/decide/decide.ts";
import { enterCertificates } from "#lib/access/enter-certificates.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { PresentedCertificates } from "#lib/access/presented-certificates.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { applyCrlSources } from "#lib/authority/crl-source-fetch.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

/** Partners' certificates that prove clients: of them the inventory knew nothing, so that no CRL reached them. */

const admin = testActor("admin");
let installation: TestInstallation;
let access: AccessSnapshot;
let serviceId: string;
let root: TestIdentity;
let leaf: { der: Uint8Array; sha256: string; keySha256: string };

beforeEach(async () => {
  installation = await testInstallation();
  access = new AccessSnapshot(installation, 3_600_000);
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  root = await testAuthority();
  leaf = await partner("partner");
  await recordForeignCertificates(installation, [root.der]);
});
afterEach(() => installation.close());

async function partner(name: string) {
  const { der } = await testLeaf(root, {
    subject: `CN=${name}`,
    extensions: { extendedKeyUsage: ["clientAuth"] },
  });
  const { sha256, spkiSha256 } = readForeignCertificate(der);
  return { der, sha256, keySha256: spkiSha256 };
}

/** The CRL of the partner's authority, which lists the leaf and is followed here. */
async function revoke(): Promise<void> {
  const serial = readForeignCertificate(leaf.der).serialNumber;
  const octets = testCrl(root, { number: 7n, entries: [{ serial, reason: "keyCompromise" }] });
  const content = (async function* () {
    yield octets;
  })();
  await uploadCrl(installation, admin, { content, declaredBytes: octets.length });
}

async function told(): Promise<string> {
  await access.follow();
  const presented = new PresentedCertificates(installation, access);
  const certificate = await presented.read("header", () => ({ leaf: leaf.der, chain: [] }));
  const snapshot = access.current ?? expect.fail("no snapshot");
  return decide(snapshot, { service: "payments", method: "GET", path: "/", certificate }, Date.now()).reason;
}

const known = () => installation.database.read.certificate.findUnique({ where: { sha256: leaf.sha256 } });

/** Ways in which a certificate comes that proves a client from then on. */
const ways = {
  async "admitted from traffic"() {
    const { id: proxyId } = await createProxy(installation, admin, {
      ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem", services: [serviceId] },
    });
    const tally = new CallerTally(installation);
    const { sha256, der } = leaf;
    tally.note({ sha256, serviceId, proxyId, reason: "client-unknown", der: () => der });
    await tally.end();
    await admitCaller(installation, admin, { sha256, serviceId, name: "Partner" });
  },
  async "imported from a file"() {
    const pem = encodePem("CERTIFICATE", leaf.der);
    const text = `name,services,credential\nPartner,payments,"${pem}"\nOther,,\n`;
    expect((await importClients(installation, admin, { text, mode: "each" })).refused).toEqual([]);
  },
  async pasted() {
    await pinnedAs("certificate");
  },
  async "pasted for its key"() {
    await pinnedAs("key");
  },
};

async function pinnedAs(kind: "certificate" | "key"): Promise<void> {
  await enterCertificates(installation, admin, [leaf.der]);
  const clientId = await createClient(installation, admin, { name: "Partner" });
  const sha256 = kind === "key" ? leaf.keySha256 : leaf.sha256;
  await addCredential(installation, admin, clientId, { kind, sha256 });
  await createGrant(installation, admin, { clientId, serviceId });
}

test.each(Object.entries(ways))(
  "a partner's certificate that is %s is refused when the CRL lists it",
  async (_, come) => {
    await come();
    expect(await told()).toBe("granted");
    await revoke();
    expect(await told()).toBe("certificate-revoked");
  },
);

test.each(Object.entries(ways))(
  "so is one that was listed before it was %s, as soon as the list is applied",
  async (_, come) => {
    await revoke();
    await come();
    await applyCrlSources(installation);
    expect(await told()).toBe("certificate-revoked");
  },
);

test.each(Object.entries(ways))(
  "files for proxies hold a partner's certificate that is %s",
  async (_, come) => {
    await come();
    await access.follow();
    const files = new AllowlistFiles(installation, access);
    const asked = { serviceId, service: "payments", format: "haproxy" } as const;
    const { pieces } = await files.present(asked);
    expect(Buffer.concat(pieces).toString()).toContain(leaf.sha256.toUpperCase());
  },
);

test("a certificate is entered once, by whom is on record, and for programs that may not import at will", async () => {
  const token = { kind: "token", id: "t", name: "pipeline", scopes: ["client:manage"] } as const;
  await enterCertificates(installation, token, [leaf.der, leaf.der]);
  await enterCertificates(installation, admin, [leaf.der]);
  const certificate = await known();
  expect(certificate).toMatchObject({ source: "import", notAfter: expect.any(Date) });
  const events = await installation.database.read.auditEvent.findMany({
    where: { objectId: certificate?.id ?? "", action: "certificate.imported" },
  });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ actorName: "Countersign (clients)" });
  expect(JSON.parse(events[0]?.details ?? "{}")).toMatchObject({ requestedBy: "pipeline" });
  await expect(enterCertificates(installation, testActor("viewer"), [leaf.der])).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("a file of which nothing is taken leaves nothing behind", async () => {
  const text = `name,services,credential\nPartner,nowhere,"${encodePem("CERTIFICATE", leaf.der)}"\nOther,,\n`;
  for (const mode of ["all", "each"] as const) await importClients(installation, admin, { text, mode });
  expect(await known()).toBeNull();
});
