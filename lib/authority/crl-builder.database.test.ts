import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import type { CrlOrder } from "#lib/authority/crl-build.ts";
import { type CrlBuilder, crlBuilder } from "#lib/authority/crl-builder.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { newId } from "#lib/id.ts";

let installation: TestInstallation;
let authorityId: string;
let builder: CrlBuilder;
let number = 1n;
const PATIENCE_MS = 3_000;

beforeAll(async () => {
  installation = await testInstallation();
  const admin = testActor("admin");
  await foundAuthorities(installation, admin, { organisation: "Example" });
  ({ id: authorityId } = await getAuthority(installation, admin, "example-server-ca"));
  builder = crlBuilder(installation, PATIENCE_MS);
});
afterAll(async () => {
  await builder.close();
  await installation.close();
});

const order = (): CrlOrder => ({
  crlId: newId(),
  authorityId,
  number: number++,
  now: installation.clock.now(),
  life: 3_600,
  previous: null,
});

test("a job that hangs fails, and the next one is done by another thread", async () => {
  expect(await builder.build(order())).toMatchObject({ number: 1n, entries: 0 });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const taken = Promise.withResolvers<void>();
  const holding = installation.database.write(async () => {
    taken.resolve();
    await held;
  });
  await taken.promise;
  try {
    // It waits for the write lock to store its list.
    await expect(builder.build(order())).rejects.toThrow("has not answered within 3 seconds");
  } finally {
    release();
    await holding;
  }
  expect(await builder.build(order())).toMatchObject({ number: 3n, entries: 0 });
});

test("a database that takes connections and says nothing holds up neither a job nor the end", async () => {
  const { database } = installation.config;
  if (database.provider !== "postgresql") return;
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const url = new URL(database.url);
  const address = silent.address();
  url.host = `127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
  const config = { ...installation.config, database: { ...database, url: url.href } };
  const waiting = crlBuilder({ config }, 500);
  await expect(waiting.build(order())).rejects.toThrow("has not answered");
  await waiting.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
});
