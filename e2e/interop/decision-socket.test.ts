import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAskingNginx } from "#e2e/fixtures/asking-nginx.ts";
import { type Calling, callingAt, FORGED } from "#e2e/fixtures/decision-course.ts";
import { type DecisionScene, decisionScene } from "#e2e/fixtures/decision-scene.ts";
import { putInPlace } from "#e2e/fixtures/decision-setup.ts";
import { nginxWithDecision } from "#lib/access/proxy-configuration/nginx-decision.ts";

/** nginx that asks through the socket of COUNTERSIGN_DECISION_SOCKET, with the configuration that is written for it. */

let folder: string;
let scene: DecisionScene;
let call: Calling;
let stop: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-socket-"));
  const socket = join(folder, "decisions.sock");
  scene = await decisionScene({ environment: { COUNTERSIGN_DECISION_SOCKET: socket } });
  const placed = await putInPlace(scene, "nginx", (setup) =>
    nginxWithDecision({ ...setup, planes: [`unix:${socket}`] }),
  );
  call = callingAt(scene, placed.setup.port);
  ({ stop } = await startAskingNginx(placed));
});
afterAll(async () => {
  await stop?.();
  await scene?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("nginx that asks through the unix socket lets in who is granted, and says who it is", async () => {
  const { admitted } = scene.callers;
  expect(await call("/api", admitted, { headers: FORGED })).toMatchObject({
    ...{ status: 200, told: { headers: { "x-countersign-client-id": admitted.clientId } } },
  });
});

test("nginx that asks through the unix socket refuses the others", async () => {
  for (const state of ["unknown", "suspended", "revoked", "not granted"] as const)
    expect(await call("/", scene.callers[state])).toEqual({ status: 403, told: null });
  expect(await call("/", null)).toEqual({ status: 401, told: null });
});
