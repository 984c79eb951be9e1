import { generateKeyPairSync } from "node:crypto";
import { Agent } from "node:https";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { ask, type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { type ChainedEvent, findFault } from "#lib/audit/chain.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { AUDIT_GENESIS } from "#lib/installation.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import { decodePem, encodePem } from "#lib/x509/pem.ts";

/** Requests under way when the process is killed. */
const CONCURRENT = 500;

let installation: TestInstallation;
let plane: PlaneProcess | undefined;

beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(async () => {
  await plane?.kill();
  await installation.close();
});

test(`kill -9 at ${CRASHES} random moments of ${CONCURRENT} concurrent issuances loses nothing acknowledged and leaves nothing half done`, {
  timeout: 60_000 + CRASHES * 20_000,
}, async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const random = seededRandom(SEED);
  const admin = testActor("admin");
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const { token } = await createApiToken(installation, admin, {
    name: "crash",
    scopes: ["certificate:issue"],
    expiresAt: null,
  });
  const bodies = Array.from({ length: 16 }, (_, n) => signingRequest(`host-${n}.example.test`));
  const acknowledged = new Map<string, string>();
  let cutOff = 0;

  for (let crash = 0; crash < CRASHES; crash++) {
    plane = await startProtocolPlane(installation.environment);
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT, rejectUnauthorized: false });
    const requests = Array.from({ length: CONCURRENT }, async (_, n) => {
      const answer = await ask(plane?.httpsUrl ?? "", {
        path: "/v1/certificates?profile=server",
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/pkcs10" },
        body: bodies[n % bodies.length] ?? "",
        agent,
      });
      if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`);
      const issued = JSON.parse(answer.body) as { serial: string; certificate: string };
      expect(acknowledged.has(issued.serial)).toBe(false);
      acknowledged.set(issued.serial, issued.certificate);
    });
    const outcomes = Promise.allSettled(requests);
    // A random moment from before the first certificate to about the last, whatever the machine's speed.
    const before = acknowledged.size;
    const enough = Math.floor(random() * CONCURRENT * 0.95);
    const done = outcomes.then(() => true);
    while (acknowledged.size - before < enough && !(await Promise.race([done, pause(1)])));
    await pause(random() * 25);
    await plane.kill();
    cutOff += (await outcomes).filter((outcome) => outcome.status === "rejected").length;
    agent.destroy();
  }
  process.stdout.write(`${acknowledged.size} acknowledged, ${cutOff} cut off\n`);
  expect(acknowledged.size).toBeGreaterThan(0);
  expect(cutOff).toBeGreaterThan(0);

  // The next start closes what was left open.
  plane = await startProtocolPlane(installation.environment);
  await closeAbandonedReservations(installation, 0);
  while ((await closeAbandonedReservations(installation, 0)) > 0) {
    // It closes a bounded number at a time.
  }

  const rows = await installation.database.read.certificate.findMany({
    where: { kind: "end-entity", source: "api" },
    select: { id: true, serial: true, status: true, body: true, sha256: true },
  });
  const bySerial = new Map(rows.map((row) => [row.serial, row]));
  expect(bySerial.size).toBe(rows.length);
  for (const [serial, pem] of acknowledged) {
    const row = bySerial.get(serial);
    expect(row?.status).toBe("issued");
    const [block] = decodePem(pem, { field: "certificate" });
    expect(Buffer.compare(row?.body ?? new Uint8Array(), block?.der ?? new Uint8Array())).toBe(0);
  }
  for (const row of rows) {
    expect(["issued", "abandoned"]).toContain(row.status);
    if (row.status === "issued") expect(parseCertificate(row.body).sha256).toBe(row.sha256);
    else expect(row.sha256).toBeNull();
  }

  const events = await installation.database.read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
  expect(findFault(events as ChainedEvent[], { auditSequence: 0, auditHead: AUDIT_GENESIS })).toBeNull();
  const told = new Set(
    events.filter((event) => event.action === "certificate.issued").map((event) => event.objectId),
  );
  for (const row of rows) expect(told.has(row.id)).toBe(row.status === "issued");
});

const pause = (milliseconds: number) =>
  new Promise<false>((resolve) => setTimeout(resolve, milliseconds, false));

function signingRequest(name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: name }],
  });
  return encodePem("CERTIFICATE REQUEST", der);
}

/** Mulberry32: small, and the same moments again for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
