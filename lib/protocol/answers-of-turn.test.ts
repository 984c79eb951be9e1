import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { AnswersOfTurn } from "#lib/protocol/answers-of-turn.ts";

let server: Server;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

/** Answers each request with its own target. @param before called with each response, first */
async function serve(before: (target: string) => void = () => {}): Promise<void> {
  const answers = new AnswersOfTurn();
  server = createServer((request, response) => {
    response.writeHead(200, ["X-Target", request.url ?? "", "Content-Length", "0"]);
    before(request.url ?? "");
    answers.end(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

/** Sends requests at once over one connection. @returns the targets that were answered, in their order */
async function asked(targets: readonly string[]): Promise<string[]> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  sockets.push(socket);
  const said: string[] = [];
  socket.write(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
  let text = "";
  for await (const part of socket) {
    text += part;
    said.splice(0, said.length, ...[...text.matchAll(/X-Target: (\S+)/g)].map(([, target]) => target ?? ""));
    if (said.length === targets.length) break;
  }
  return said;
}

const numbered = (count: number, name = "") =>
  Array.from({ length: count }, (_, index) => `/${name}${index}`);

test.each([1, 15, 16, 17, 53])(
  "%i requests that come at once are answered once each, in their order",
  async (count) => {
    await serve();
    expect(await asked(numbered(count))).toEqual(numbered(count));
  },
);

test("forty connections at once are all answered", async () => {
  await serve();
  const all = numbered(40, "c").map((name) => [`${name}/1`, `${name}/2`]);
  expect(await Promise.all(all.map(asked))).toEqual(all);
});

test("one that leaves before the turn is over keeps no other from its answer", async () => {
  let gone = 0;
  await serve((target) => {
    if (target !== "/leaves") return;
    gone++;
    sockets[0]?.destroy();
  });
  const leaving = asked(["/leaves"]).catch(() => []);
  const [first, second] = await Promise.all([asked(["/a"]), asked(["/b"]), leaving]);
  expect([first, second, gone]).toEqual([["/a"], ["/b"], 1]);
});
