import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { boundUnreadAnswers } from "#lib/server/unread-answers.ts";

/** Far more than the buffers of both ends take. */
const LARGE = Buffer.alloc(32 * 1024 * 1024);

let server: Server | undefined;
const callers: Socket[] = [];
afterEach(() => {
  for (const caller of callers.splice(0)) caller.destroy();
  server?.close();
});

/** A server of one large answer. */
async function serve(idleMs: number, max?: number, isShort?: () => boolean): Promise<Server> {
  server = createServer((_, response) => {
    response.end(LARGE);
  });
  boundUnreadAnswers(server, idleMs, max, isShort);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Asks and reads nothing. @returns when the server has begun to answer */
async function askOnly(of: Server): Promise<Socket> {
  const caller = connect((of.address() as AddressInfo).port, "127.0.0.1");
  callers.push(caller);
  caller.on("error", () => {});
  const asked = once(of, "request");
  caller.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await asked;
  return caller;
}

const open = (of: Server) =>
  new Promise<number>((resolve, reject) =>
    of.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

test("whoever asks and does not read is closed when nothing moves", async () => {
  const serving = await serve(200);
  await Promise.all([askOnly(serving), askOnly(serving)]);
  expect(await open(serving)).toBe(2);
  await expect.poll(() => open(serving), { timeout: 3_000 }).toBe(0);
});

test("whoever reads slowly is not closed", async () => {
  const serving = await serve(400);
  const caller = await askOnly(serving);
  let read = 0;
  const until = performance.now() + 1_200;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    // A megabyte: a kernel says that there is room for more only when there is much.
    for (const end = read + 1024 * 1024; read < end; ) {
      const part = caller.read() as Buffer | null;
      if (part === null) await once(caller, "readable");
      else read += part.length;
    }
  }
  expect(read).toBeLessThan(LARGE.length);
  expect(await open(serving)).toBe(1);
});

test("of too many that do not read, the one that asked first is closed, and who asks next is answered", async () => {
  const serving = await serve(60_000, 3);
  const first = await askOnly(serving);
  for (let count = 0; count < 2; count++) await askOnly(serving);
  expect(await open(serving)).toBe(3);
  const fourth = await askOnly(serving);
  await expect.poll(() => open(serving), { timeout: 3_000 }).toBe(3);
  first.resume();
  await expect.poll(() => first.destroyed || first.readableEnded, { timeout: 3_000 }).toBe(true);
  fourth.resume();
  await expect.poll(() => fourth.bytesRead, { timeout: 3_000 }).toBeGreaterThan(LARGE.length);
});

test("whoever has left, from wherever among the others, does not count", async () => {
  const serving = await serve(60_000, 3);
  const [first, second, third] = [await askOnly(serving), await askOnly(serving), await askOnly(serving)];
  const isClosed = (caller: Socket) => {
    caller.resume();
    return expect.poll(() => caller.destroyed || caller.readableEnded, { timeout: 3_000 }).toBe(true);
  };
  const leave = async (caller: Socket) => {
    const before = await open(serving);
    caller.destroy();
    await expect.poll(() => open(serving), { timeout: 3_000 }).toBe(before - 1);
  };
  await leave(second);
  const fourth = await askOnly(serving);
  expect(await open(serving)).toBe(3);
  await leave(fourth);
  const fifth = await askOnly(serving);
  expect(await open(serving)).toBe(3);
  await askOnly(serving);
  await isClosed(first);
  await askOnly(serving);
  await isClosed(third);
  fifth.resume();
  await expect.poll(() => fifth.bytesRead, { timeout: 3_000 }).toBeGreaterThan(LARGE.length);
});

test("those whose answers are short are not counted", async () => {
  const serving = await serve(60_000, 1, () => true);
  const first = await askOnly(serving);
  await askOnly(serving);
  first.resume();
  await expect.poll(() => first.bytesRead, { timeout: 3_000 }).toBeGreaterThan(LARGE.length);
  expect(await open(serving)).toBe(2);
});
