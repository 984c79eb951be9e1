import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curl } from "#e2e/fixtures/curl.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { authorityPath } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import type { Installation } from "#lib/installation.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { decodePem, encodePem } from "#lib/x509/pem.ts";
import { type CheckedFiles, REVOCATION_CHECKERS } from "./revocation-checkers.ts";

/** What other implementations conclude of the CRLs and answers that a protocol plane serves: all the same. */

const admin = testActor("admin");
let installation: TestInstallation;
let located: Installation;
let issuer: Issuer;
let plane: PlaneProcess;
let folder: string;
const ids = new Map<string, string>();
const serials = new Map<string, string>();
/** Short name of the authority that issues them. */
let slug = "";
let files: CheckedFiles;

beforeAll(async () => {
  installation = await testInstallation();
  plane = await startProtocolPlane(installation.environment);
  // Java goes where the certificates point.
  located = { ...installation, config: { ...installation.config, protocolUrl: plane.httpUrl } };
  issuer = inlineIssuer(located);
  folder = mkdtempSync(join(tmpdir(), "countersign-checkers-"));
  await foundAuthorities(located, admin, { organisation: "Example" });
  const leaves = new Map<string, string>();
  for (const name of ["good", "revoked", "held", "released"]) {
    const issued = await issuer.issue({
      profile: "client",
      key: await generateKeyPair("ecdsa-p256"),
      subject: [[{ type: "2.5.4.3", value: name }]],
      names: [{ type: "dns", value: `${name}.example` }],
      source: "api",
      actor: admin,
    });
    ids.set(name, issued.id);
    serials.set(name, issued.serial);
    leaves.set(name, encodePem("CERTIFICATE", issued.certificate));
  }
  const { issuer: authority } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: idOf("good") },
    select: { issuer: { select: { slug: true } } },
  });
  slug = authority?.slug ?? "";
  const [above = new Uint8Array(), root = new Uint8Array()] = await authorityPath(located, slug);
  files = {
    folder,
    root: encodePem("CERTIFICATE", root),
    issuer: encodePem("CERTIFICATE", above),
    crls: "",
    leaves,
  };
});
afterAll(async () => {
  await plane?.stop();
  await issuer?.close();
  await installation?.close();
  rmSync(folder, { recursive: true, force: true });
});

const idOf = (name: string) => ids.get(name) ?? "";

/** Waits until exactly these certificates are on the published CRLs, and takes them as they are served. */
async function untilListed(names: readonly string[]): Promise<void> {
  const expected = names.map((name) => serials.get(name)).sort();
  const until = Date.now() + 20_000;
  for (;;) {
    const { status, body } = await curl(`${plane.httpUrl}/crl/${slug}.pem`);
    if (status === 200) {
      const listed = decodePem(body, { field: "crls", allowComments: true })
        .flatMap(({ der }) => [...readCrl(der).entries()])
        .map(({ serial }) => serial);
      if (JSON.stringify(listed.sort()) === JSON.stringify(expected)) {
        files = { ...files, crls: `${body}\n` };
        return;
      }
    }
    if (Date.now() > until) throw new Error(`${status}: ${body.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const phases: { name: string; prepare: () => Promise<void>; revoked: string[] }[] = [
  { name: "before anything is revoked", prepare: async () => {}, revoked: [] },
  {
    name: "after a revocation and two holds",
    prepare: async () => {
      await revokeCertificate(located, admin, idOf("revoked"), { reason: "keyCompromise", comment: "" });
      await holdCertificate(located, admin, idOf("held"), { comment: "" });
      await holdCertificate(located, admin, idOf("released"), { comment: "" });
    },
    revoked: ["revoked", "held", "released"],
  },
  {
    name: "after a release",
    prepare: () => releaseCertificate(located, admin, idOf("released"), { comment: "" }).then(() => {}),
    revoked: ["revoked", "held"],
  },
];

describe.each(phases)("$name", ({ prepare, revoked }) => {
  beforeAll(async () => {
    await prepare();
    await untilListed(revoked);
  });
  const expected = () =>
    Object.fromEntries([...ids.keys()].map((name) => [name, revoked.includes(name) ? "revoked" : "good"]));

  for (const checker of REVOCATION_CHECKERS) {
    test.skipIf(!checker.isHere)(`${checker.name} says the same as we do`, async () => {
      expect(await checker.conclude(files)).toEqual(expected());
    });
  }
});
