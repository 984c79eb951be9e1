import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { headerValues } from "#lib/request-headers.ts";

const server = createServer();
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
});

/** The request as node reads it. */
async function received(...headers: string[]): Promise<IncomingMessage> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const asked = once(server, "request");
  socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`);
  const [request] = (await asked) as [IncomingMessage];
  socket.destroy();
  return request;
}

test.each([
  [[], "authorization"],
  [["Authorization: Bearer a"], "authorization"],
  [["AUTHORIZATION: a", "authorization: b"], "authorization"],
  [["X-Client-Cert: a", "X-Client-Cert-Chain: b"], "x-client-cert"],
  [["X-Empty:", "x-empty:   "], "x-empty"],
  [["X-Client-Cert: a", "Cookie: x-client-cert", "x-client-cert: a"], "x-client-cert"],
])("%j: what node itself finds for %s", async (headers, name) => {
  const request = await received(...headers);
  expect(headerValues(request, name)).toEqual(request.headersDistinct[name] ?? []);
});
