import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed, requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewFromRequest, renewWithSameKey } from "#lib/authority/renew.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { DomainError } from "#lib/errors.ts";
import { annotateCertificates } from "#lib/inventory/annotate.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";
import { CERTIFICATE_STATUSES } from "#lib/inventory/certificate-status.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** The guarantee: whatever is done in whatever order, everything that is counted is counted exactly. */

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");
let number = 0;

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

/** A certificate as the rules of revocation see it. */
interface Model {
  id: string;
  host: string;
  state: "active" | "superseded" | "held" | "revoked";
  hasSuccessor: boolean;
}

const ACTIONS = ["revoke", "hold", "release", "renew", "renew-same-key", "annotate"] as const;
type Action = (typeof ACTIONS)[number];

const steps = fc.array(fc.tuple(fc.constantFrom(...ACTIONS), fc.nat(50)), { minLength: 4, maxLength: 16 });

/** What an action on a certificate leads to: "done", or the code of the refusal. */
function expected(action: Action, { state, hasSuccessor }: Model): string {
  switch (action) {
    case "revoke":
      return state === "revoked" ? "conflict" : "done";
    case "hold":
      return state === "held" || state === "revoked" ? "conflict" : "done";
    case "release":
      return state === "held" ? "done" : "conflict";
    case "renew":
      return state === "held" || hasSuccessor ? "conflict" : "done";
    case "renew-same-key":
      if (state === "revoked") return "policyViolation";
      return state === "held" || hasSuccessor ? "conflict" : "done";
    case "annotate":
      return "done";
  }
}

/** @returns the id of the certificate that came of it, if any */
async function act(action: Action, { id, host }: Model): Promise<string | null> {
  switch (action) {
    case "revoke":
      await revokeCertificate(installation, admin, id, { reason: "superseded" });
      return null;
    case "hold":
      await holdCertificate(installation, admin, id, {});
      return null;
    case "release":
      await releaseCertificate(installation, admin, id, {});
      return null;
    case "renew": {
      const csr = requestFor(host);
      return (await renewFromRequest(installation, issuer, admin, id, { csr, source: "api" })).id;
    }
    case "renew-same-key":
      return (await renewWithSameKey(installation, issuer, admin, id)).id;
    case "annotate":
      await annotateCertificates(installation, admin, [id], { owner: `owner-${number++ % 3}` });
      return null;
  }
}

function apply(models: Model[], action: Action, model: Model, successor: string | null): void {
  if (action === "revoke") model.state = "revoked";
  if (action === "hold") model.state = "held";
  if (action === "release") model.state = model.hasSuccessor ? "superseded" : "active";
  if (successor === null) return;
  model.hasSuccessor = true;
  if (model.state === "active") model.state = "superseded";
  models.push({ id: successor, host: model.host, state: "active", hasSuccessor: false });
}

const totals = async () => {
  const { read } = installation.database;
  const [ground, publications] = await Promise.all([
    read.ground.findUniqueOrThrow({ where: { id: 1 } }),
    read.crlPublication.aggregate({ _sum: { changes: true } }),
  ]);
  return { revocations: ground.revocations, changes: publications._sum.changes ?? 0 };
};

test(`counts, states and lists stay exact over random revocations, holds, releases and renewals (seed ${SEED})`, async () => {
  const all: Model[] = [];
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const host = `sequence-${number++}.example.test`;
      const first = await issueNamed(issuer, admin, host);
      const models: Model[] = [{ id: first, host, state: "active", hasSuccessor: false }];
      const before = await totals();
      let changes = 0;
      for (const [action, place] of sequence) {
        const model = models[place % models.length];
        if (model === undefined) throw new Error("there is always one");
        const wanted = expected(action, model);
        let successor: string | null = null;
        const outcome = await act(action, model).then(
          (id) => {
            successor = id;
            return "done";
          },
          (error: unknown) => {
            if (error instanceof DomainError) return error.code;
            throw error;
          },
        );
        expect([action, model.state, model.hasSuccessor, outcome]).toEqual([
          action,
          model.state,
          model.hasSuccessor,
          wanted,
        ]);
        if (wanted !== "done") continue;
        apply(models, action, model, successor);
        if (action === "revoke" || action === "hold" || action === "release") changes++;
      }
      all.push(...models);
      expect(await totals()).toEqual({
        revocations: before.revocations + changes,
        changes: before.changes + changes,
      });
      await expectStates(models);
      await expectExactCounts();
    }),
    { numRuns: Math.max(5, Math.min(200, Math.ceil(FUZZ_RUNS / 40))), seed: SEED },
  );
  // A shrunk sequence would count twice; there is none unless the test has failed already.
  for (const status of CERTIFICATE_STATUSES) {
    const { count } = await countCertificates(installation, admin, {
      ...EVERY_CERTIFICATE,
      kind: ["end-entity"],
      status: [status],
    });
    const state = status === "valid" ? "active" : status;
    expect([status, count]).toEqual([status, all.filter((model) => model.state === state).length]);
  }
}, 600_000);

async function expectStates(models: readonly Model[]): Promise<void> {
  const rows = await installation.database.read.certificate.findMany({
    where: { id: { in: models.map(({ id }) => id) } },
    include: { cohort: true, revocation: true },
  });
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const { id, state } of models) {
    const row = found.get(id);
    expect(row?.cohort?.state).toBe(state);
    const reason = state === "revoked" ? "superseded" : state === "held" ? "certificateHold" : undefined;
    expect(row?.revocation?.reason).toBe(reason);
  }
}

async function expectExactCounts(): Promise<void> {
  const rows = await queryRows(
    installation.database,
    `SELECT h."id", h."count", (SELECT count(*) FROM "Certificate" c WHERE c."cohortId" = h."id") AS "real"
     FROM "CertificateCohort" h`,
  );
  for (const row of rows) expect(Number(row.count)).toBe(Number(row.real));
}
