import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { newId } from "#lib/id.ts";
import { getProxyLog, listProxyLogs } from "./proxy-logs.ts";

const viewer = testActor("viewer");
let here: TestInstallation;

beforeAll(async () => {
  here = await testInstallation();
});
afterAll(() => here.close());

async function proxy(slug: string, status = "active"): Promise<string> {
  const id = newId();
  const now = here.clock.now();
  await here.database.write((transaction) =>
    transaction.proxy.create({
      data: {
        ...{ id, slug, name: `The ${slug}`, kind: "nginx", header: "", tokenPrefix: "", tokenHash: id },
        ...{ status, createdAt: now, createdBy: "Ada", version: 1 },
      },
    }),
  );
  return id;
}

async function logged(proxyId: string, change: object = {}): Promise<void> {
  const now = here.clock.now();
  await here.database.write((transaction) =>
    transaction.proxyLog.create({
      data: {
        ...{ proxyId, firstAt: now, lastAt: now, taken: 9_007_199_254_740n, matched: 5n, ignored: 1n },
        ...{ notUnderstood: 0n, misfit: "", missing: "", failedAt: now, succeededAt: now },
        ...change,
      },
    }),
  );
}

test("the logs of all proxies that are not retired, those first that lack the most", async () => {
  expect(await listProxyLogs(here, viewer)).toEqual([]);
  const now = here.clock.now();
  await logged(await proxy("a-good"));
  await proxy("b-never");
  const hidden = { proxy: "nginx", directive: "error_log x info;", explanation: "It says why." };
  await logged(await proxy("c-hidden"), {
    ...{ missing: JSON.stringify(hidden), missingAt: now, failedAt: now },
  });
  await logged(await proxy("d-misfit"), { misfit: "caddy", misfitAt: now });
  // Of a later version, which knows another software.
  await logged(await proxy("e-later"), { misfit: "pingora", misfitAt: now });
  await logged(await proxy("f-retired", "retired"));

  const views = await listProxyLogs(here, viewer);
  expect(views.map(({ proxy: { slug }, findings }) => [slug, findings[0]?.kind])).toEqual([
    ["d-misfit", "misfit"],
    ["c-hidden", "hidden"],
    ["b-never", "never"],
    ["a-good", undefined],
    ["e-later", undefined],
  ]);
  expect(views[1]?.findings).toMatchObject([{ missing: hidden }]);
  expect(views[3]?.record).toMatchObject({ taken: 9_007_199_254_740, matched: 5, misfit: null });
});

test("one proxy's log has the last lines that were not understood, the newest first", async () => {
  const id = await proxy("with-lines");
  await logged(id);
  for (let place = 0; place < 25; place++) {
    await here.database.write((transaction) =>
      transaction.notUnderstood.create({
        data: { id: newId(), proxyId: id, receivedAt: here.clock.now(), line: `<b>line ${place}</b>` },
      }),
    );
  }
  const { notUnderstood, proxy: found } = await getProxyLog(here, viewer, "with-lines");
  expect(found.id).toBe(id);
  expect(notUnderstood.map(({ line }) => line)).toEqual(
    Array.from({ length: 20 }, (_, place) => `<b>line ${24 - place}</b>`),
  );
  await expect(getProxyLog(here, viewer, "nobody")).rejects.toMatchObject({ code: "notFound" });
  await expect(getProxyLog(here, viewer, "../..")).rejects.toMatchObject({ code: "notFound" });
});
