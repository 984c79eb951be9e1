import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAskingNginx } from "#e2e/fixtures/asking-nginx.ts";
import { type Calling, callingAt } from "#e2e/fixtures/decision-course.ts";
import { type Caller, type DecisionScene, decisionScene } from "#e2e/fixtures/decision-scene.ts";
import { putInPlace } from "#e2e/fixtures/decision-setup.ts";
import { ask } from "#e2e/fixtures/protocol-plane.ts";
import { nginxWithDecision } from "#lib/access/proxy-configuration/nginx-decision.ts";

let scene: DecisionScene;
let call: Calling;
let huge: Caller;
let stop: () => Promise<void>;

/** nginx takes such a certificate from a client; in a header it is some 90 KB. */
const NAMES = 1_550;

beforeAll(async () => {
  scene = await decisionScene();
  // One plane at two addresses: what one connection does to it must not keep proxies from both.
  const placed = await putInPlace(scene, "nginx", (setup) =>
    nginxWithDecision({ ...setup, planes: [...setup.planes, ...setup.planes] }),
  );
  huge = hugeCaller(placed.folder);
  appendFileSync(placed.setup.files.clients, huge.cert);
  ({ stop } = await startAskingNginx(placed));
  call = callingAt(scene, placed.setup.port);
});
afterAll(async () => {
  await stop?.();
  await scene?.close();
});

/** Somebody whose certificate is of its own making, and of many names. */
function hugeCaller(folder: string): Caller {
  const [settings, key, cert] = ["huge.cnf", "huge.key", "huge.pem"].map((name) => join(folder, name));
  const names = Array.from(
    { length: NAMES },
    (_, index) => `DNS.${index} = name-${index}.of-somebody-with-many.example`,
  );
  writeFileSync(
    settings ?? "",
    `[req]\ndistinguished_name = dn\n[dn]\n[v3]\nbasicConstraints = CA:TRUE\nsubjectAltName = @names\n[names]\n${names.join("\n")}\n`,
  );
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
      ...[
        "-subj",
        "/CN=huge",
        "-config",
        settings ?? "",
        "-extensions",
        "v3",
        "-keyout",
        key ?? "",
        "-out",
        cert ?? "",
      ],
    ],
    { stdio: "pipe" },
  );
  return {
    cert: readFileSync(cert ?? "", "utf8"),
    key: readFileSync(key ?? "", "utf8"),
    certificateId: "",
    clientId: null,
  };
}

test("a plane refuses headers larger than 64 KB, and others do not feel it", async () => {
  const [plane] = scene.planes;
  if (plane === undefined) throw new Error("no plane");
  const token = await scene.proxy("nginx", "x-client-cert-pem");
  const agents = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
  const decision = (header: string, agent?: Agent) =>
    ask(plane.httpsUrl, {
      path: "/v1/decision/payments",
      headers: { Authorization: `Bearer ${token}`, "X-Original-URI": "/", "X-Client-Cert-PEM": header },
      ...(agent === undefined ? {} : { agent }),
    });
  const leaf = `${scene.callers.admitted.cert.split("-----END CERTIFICATE-----")[0]}-----END CERTIFICATE-----\n`;
  const known = encodeURIComponent(leaf);
  let isOver = false;
  const others = (async () => {
    const said = new Set<number>();
    while (!isOver) said.add((await decision(known, agents[0])).status);
    return said;
  })();
  expect(await decision("A".repeat(60_000), agents[1])).toMatchObject({
    status: 403,
    headers: { "x-countersign-reason": "certificate-unreadable" },
  });
  for (const size of [70_000, 1_000_000]) {
    // Whoever still sends when the plane has ended the connection may not hear why.
    const said = await decision("A".repeat(size), agents[1]).then(
      ({ status }) => status,
      () => 431,
    );
    expect([size, said, (await decision(known, agents[1])).status]).toEqual([size, 431, 200]);
  }
  isOver = true;
  expect(await others).toEqual(new Set([200]));
  for (const agent of agents) agent.destroy();
});

test("a certificate that is larger than a plane reads lets nobody in, and keeps nobody else out", async () => {
  const { admitted } = scene.callers;
  expect((await call("/", admitted)).status).toBe(200);
  for (let time = 0; time < 5; time++) {
    expect([(await call("/", huge)).status, (await call("/", admitted)).status]).toEqual([500, 200]);
  }
});
