import { afterAll, beforeAll, expect, test } from "vitest";
import { startAskingNginx } from "#e2e/fixtures/asking-nginx.ts";
import { type Calling, callingAt, GIVEN_UP_MS, saidAtLast } from "#e2e/fixtures/decision-course.ts";
import { type Caller, type DecisionScene, decisionScene } from "#e2e/fixtures/decision-scene.ts";
import { putInPlace } from "#e2e/fixtures/decision-setup.ts";
import { testActor } from "#e2e/fixtures/installation.ts";
import { rotateByIssuing } from "#lib/access/client-issue.ts";
import { changeCredentialEnd, stillUsed } from "#lib/access/credential-rotate.ts";
import { nginxWithDecision } from "#lib/access/proxy-configuration/nginx-decision.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { addSeconds, systemClock } from "#lib/clock.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** A rotation as a real nginx sees it: no request fails in between, and then the old certificate is over. */

const admin = testActor("admin");

/** Long enough that every plane has learned of the end before it comes. */
const ENDS_IN_SECONDS = 6;

/** The plane looks every 15 seconds what has ended. */
const REVOKED_WITHIN_MS = 60_000;

let scene: DecisionScene;
let issuer: Issuer;
let call: Calling;
let stop: (() => Promise<void>) | undefined;

beforeAll(async () => {
  scene = await decisionScene();
  issuer = inlineIssuer(scene.installation);
  const placed = await putInPlace(scene, "nginx", nginxWithDecision);
  ({ stop } = await startAskingNginx(placed));
  call = callingAt(scene, placed.setup.port);
});
afterAll(async () => {
  await stop?.();
  await issuer?.close();
  await scene?.close();
});

/** Rotates the credential of a caller to a certificate for a key made here. */
async function rotated(caller: Caller): Promise<{ credentialId: string; next: Caller }> {
  const { id: credentialId } = await scene.installation.database.read.credential.findFirstOrThrow({
    where: { clientId: caller.clientId ?? "" },
  });
  const { issued, privateKey } = await rotateByIssuing(
    { installation: scene.installation, issuer },
    admin,
    credentialId,
    {
      certificate: { key: { from: "server", keyAlgorithm: "ecdsa-p256" }, provenBy: "certificate" },
      ...{ overlap: "15m", revokesOld: true },
    },
  );
  const next = {
    cert: [issued.certificate, ...issued.chain].map((der) => encodePem("CERTIFICATE", der)).join(""),
    key: encodePem("PRIVATE KEY", privateKey ?? new Uint8Array()),
    certificateId: issued.id,
    clientId: caller.clientId,
  };
  return { credentialId, next };
}

test("nginx lets both in during the overlap, and after it the new one only", async () => {
  const { installation } = scene;
  const old = scene.callers.admitted;
  await saidAtLast(200, old, call);
  const { credentialId, next } = await rotated(old);
  await saidAtLast(200, next, call);
  expect(await call("/", old)).toMatchObject({
    status: 200,
    told: { headers: { "x-countersign-client-id": old.clientId } },
  });
  await expect
    .poll(async () => (await stillUsed(installation, admin, credentialId)).uses, { timeout: GIVEN_UP_MS })
    .toMatchObject([{ service: { slug: "payments" }, proxy: { slug: "edge-1" } }]);

  const endsAt = addSeconds(systemClock.now(), ENDS_IN_SECONDS);
  await changeCredentialEnd(installation, admin, credentialId, endsAt);
  const givenUp = Date.now() + GIVEN_UP_MS;
  let afterRefusal = 0;
  while (afterRefusal < 20) {
    const { status } = await call("/", old);
    const isBefore = Date.now() < endsAt.getTime();
    if (status === 403) afterRefusal++;
    expect([status, isBefore]).toEqual(isBefore || afterRefusal === 0 ? [200, isBefore] : [403, false]);
    expect(await call("/", next)).toMatchObject({ status: 200 });
    if (Date.now() > givenUp) expect.fail("the old certificate is let in for good");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  await expect
    .poll(
      () => installation.database.read.revocation.findUnique({ where: { certificateId: old.certificateId } }),
      { timeout: REVOKED_WITHIN_MS },
    )
    .toMatchObject({ reason: "superseded", requestedBy: "Countersign (rotation)" });
  expect(await call("/", old)).toEqual({ status: 403, told: null });
  expect(await call("/", next)).toMatchObject({ status: 200 });
});
