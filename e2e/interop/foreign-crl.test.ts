import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CrlServer, startCrlServer } from "#e2e/fixtures/crl-server.ts";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type OpensslAuthority, opensslAuthority } from "#e2e/fixtures/openssl-authority.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { createCrlSource } from "#lib/authority/crl-source-change.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** A protocol plane follows the CRL of an authority that openssl keeps. */

let folder: string;
let partner: OpensslAuthority;
let server: CrlServer;
let installation: TestInstallation;
let plane: PlaneProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-foreign-crl-"));
  partner = opensslAuthority(folder, "Partner Root");
  server = await startCrlServer();
  installation = await testInstallation();
  plane = await startProtocolPlane({ ...installation.environment, COUNTERSIGN_FETCH_RANGES: "127.0.0.1" });
});
afterAll(async () => {
  await plane?.stop();
  await server?.stop();
  await installation?.close();
  rmSync(folder, { recursive: true, force: true });
});

function leaf(serial: string): string {
  const openssl = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key"];
  openssl("req", "-new", ...key, "-subj", "/CN=caller", "-out", "leaf.csr");
  const signer = ["-CA", "ca.pem", "-CAkey", "key.pem", "-set_serial", `0x${serial}`, "-days", "30"];
  openssl("x509", "-req", "-in", "leaf.csr", ...signer, "-out", "leaf.pem");
  return readFileSync(join(folder, "leaf.pem"), "utf8");
}

/** Asks until the answer is the expected one. */
async function until(ask: () => Promise<string | undefined>, expected: string | RegExp): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = (await ask()) ?? "";
    if (typeof expected === "string" ? answer === expected : expected.test(answer)) return;
    if (Date.now() > end) throw new Error(`${answer} is not ${expected}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("a certificate that its issuer revoked is shown so, comes back, and a list that does not come is told", async () => {
  // With a first bit set, as half of all serial numbers have.
  const serial = "F00D4711";
  const ders = [partner.certificate, leaf(serial)].flatMap((pem) => decodePem(pem, { field: "pem" }));
  const [rootId = "", leafId = ""] = await recordForeignCertificates(
    installation,
    ders.map(({ der }) => der),
  );
  server.serve(partner.crl({ number: 1, revoked: [serial] }));
  const sourceId = await createCrlSource(installation, testActor("operator"), {
    certificateId: rootId,
    url: server.url,
  });
  const { database } = installation;
  const state = async () => {
    const where = { id: leafId };
    return (await database.read.certificate.findUnique({ where, include: { cohort: true } }))?.cohort?.state;
  };
  const fetchNow = () =>
    database.write((transaction) =>
      transaction.crlSource.update({ where: { id: sourceId }, data: { fetchAt: installation.clock.now() } }),
    );
  const ready = async () => (await (await fetch(`${plane.httpUrl}/readyz`)).json()).checks.foreignCrls;
  /** Asked for again now and then: one that is under way just then, and got what was served before, says when the next is due. */
  const fetching = <T>(look: () => Promise<T>) => {
    let asked = 0;
    return async () => {
      if (Date.now() - asked > 3_000) {
        asked = Date.now();
        await fetchNow();
      }
      return look();
    };
  };
  await until(state, "revoked");
  await until(ready, "ok");

  server.serve(partner.crl({ number: 2, beginsSeconds: 0 }));
  await until(fetching(state), "active");

  // An old one out of a cache changes nothing, and is told.
  server.serve(partner.crl({ number: 1, revoked: [serial] }));
  await until(fetching(ready), /Partner Root holds until .*lower/);
  expect(await state()).toBe("active");

  server.serve(partner.crl({ number: 3, beginsSeconds: 0 }));
  await until(fetching(ready), "ok");
});
