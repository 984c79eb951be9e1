import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmallBodies } from "#lib/protocol/small-bodies.ts";

let server: Server;
let port: number;
const ended: string[] = [];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  ended.length = 0;
  const ending = (text?: string) => (_: unknown, response: ServerResponse, octets?: Buffer) => {
    const said = text ?? `whole ${octets?.length}`;
    ended.push(said);
    response.writeHead(200, { Connection: "close", "Content-Length": said.length }).end(said);
  };
  const reader = { whole: ending(), tooLarge: ending("too large"), tooSlow: ending("too slow") };
  const bodies = new SmallBodies(100, reader);
  server = createServer((request, response) => bodies.read(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const HEAD = "POST / HTTP/1.1\r\nHost: x\r\n";

/** Sends parts one after the other. @returns the body that comes back */
function send(...parts: string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", async () => {
      for (const part of parts) {
        socket.write(part);
        await new Promise((next) => setTimeout(next, 10));
      }
    });
    socket.on("data", (part) => (text += part));
    socket.on("error", () => {});
    socket.on("close", () => resolve(text.split("\r\n\r\n")[1] ?? ""));
  });
}

test("a body of the largest size is read, in one part or in many", async () => {
  expect(await send(`${HEAD}Content-Length: 100\r\n\r\n${"x".repeat(100)}`)).toBe("whole 100");
  expect(await send(`${HEAD}Content-Length: 100\r\n\r\n`, "x".repeat(40), "x".repeat(60))).toBe("whole 100");
  expect(await send(`${HEAD}Content-Length: 0\r\n\r\n`)).toBe("whole 0");
});

test("one octet more is too large, whether it is announced or not", async () => {
  expect(await send(`${HEAD}Content-Length: 101\r\n\r\n`, "x".repeat(101))).toBe("too large");
  const chunk = `3c\r\n${"x".repeat(60)}\r\n`;
  expect(await send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, chunk, chunk)).toBe("too large");
  expect(ended).toEqual(["too large", "too large"]);
});

test("a body that does not come is given up after five seconds, however it drips", async () => {
  const answer = send(`${HEAD}Content-Length: 100\r\n\r\n`, "x", "x", "x");
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  vi.advanceTimersByTime(4_000);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(await answer).toBe("too slow");
  vi.advanceTimersByTime(2_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("a client that goes away in the middle leaves nothing behind", async () => {
  const socket = connect(port, "127.0.0.1", () => socket.write(`${HEAD}Content-Length: 100\r\n\r\nx`));
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  vi.advanceTimersByTime(8_000);
  expect(ended).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
