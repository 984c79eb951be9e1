import { generateKeyPairSync } from "node:crypto";
import { Agent } from "node:https";
import { expect } from "vitest";
import { type TestInstallation, testActor } from "#e2e/fixtures/installation.ts";
import { ask, type PlaneProcess } from "#e2e/fixtures/protocol-plane.ts";
import { type ChainedEvent, findFault } from "#lib/audit/chain.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { AUDIT_GENESIS } from "#lib/installation.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import { OID } from "#lib/x509/oids.ts";
import { decodePem, encodePem } from "#lib/x509/pem.ts";

/** Requests under way at once. */
export const CONCURRENT = 500;

/** What the clients know at the end, whatever became of the server. */
export class Clients {
  readonly #token: string;
  readonly #bodies = Array.from({ length: 16 }, (_, n) => signingRequest(`host-${n}.example.test`));
  /** Serial number and PEM of every certificate that a client holds in its hands. */
  readonly acknowledged = new Map<string, string>();
  /** Answers that no client should ever get: a serial number again, or neither 201 nor 503. */
  readonly complaints: string[] = [];
  /** Requests whose connection ended without an answer, or that were told to ask again (503). */
  unanswered = 0;

  constructor(token: string) {
    this.#token = token;
  }

  /** @returns when every one of 500 requests has ended, in whatever way */
  async burst(plane: PlaneProcess): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT, rejectUnauthorized: false });
    await Promise.all(
      Array.from({ length: CONCURRENT }, async (_, n) => {
        const answer = await ask(plane.httpsUrl, {
          path: "/v1/certificates?profile=server",
          method: "POST",
          headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/pkcs10" },
          body: this.#bodies[n % this.#bodies.length] ?? "",
          agent,
        }).catch(() => null);
        if (answer === null || answer.status === 503) this.unanswered++;
        else if (answer.status === 201) this.#acknowledge(answer.body);
        else this.complaints.push(`${answer.status} ${answer.body}`);
      }),
    );
    agent.destroy();
  }

  #acknowledge(body: string): void {
    const issued = JSON.parse(body) as { serial: string; certificate: string };
    if (this.acknowledged.has(issued.serial)) this.complaints.push(`serial ${issued.serial} twice`);
    this.acknowledged.set(issued.serial, issued.certificate);
  }
}

/** Founds the installation and gives its clients a token. */
export async function clientsOf(installation: TestInstallation): Promise<Clients> {
  const admin = testActor("admin");
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const { token } = await createApiToken(installation, admin, {
    name: "crash",
    scopes: ["certificate:issue"],
    expiresAt: null,
  });
  return new Clients(token);
}

/**
 * Every acknowledged certificate is there byte for byte, no serial stands twice, no reservation is
 * left open, each certificate has exactly its event, and the audit chain is whole.
 */
export async function expectNothingLost(installation: TestInstallation, clients: Clients): Promise<void> {
  expect(clients.complaints).toEqual([]);
  while ((await closeAbandonedReservations(installation, 0)) > 0) {
    // It closes a bounded number at a time.
  }
  const rows = await installation.database.read.certificate.findMany({
    where: { kind: "end-entity", source: "api" },
    select: { id: true, serial: true, status: true, body: true, sha256: true },
  });
  const bySerial = new Map(rows.map((row) => [row.serial, row]));
  expect(bySerial.size).toBe(rows.length);
  for (const [serial, pem] of clients.acknowledged) {
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
  const told = events.filter((event) => event.action === "certificate.issued").map((event) => event.objectId);
  expect(new Set(told).size).toBe(told.length);
  const toldOf = new Set(told);
  for (const row of rows) expect(toldOf.has(row.id)).toBe(row.status === "issued");
}

export const pause = (milliseconds: number) =>
  new Promise<false>((resolve) => setTimeout(resolve, milliseconds, false));

/** Mulberry32: small, and the same moments again for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function signingRequest(name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: OID.commonName, value: name }]],
    names: [{ type: "dns", value: name }],
  });
  return encodePem("CERTIFICATE REQUEST", der);
}
