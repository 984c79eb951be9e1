import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { allowedFetch, type FetchOptions } from "#lib/authority/allowed-fetch.ts";

const LOOPBACK = ["127.0.0.0/8", "::1"];
const usual: FetchOptions = { milliseconds: 5_000, bytesMax: 100_000, allowed: LOOPBACK };
const open: (Server | TcpServer)[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  }
});

async function listening<S extends Server | TcpServer>(server: S): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener) =>
  `http://127.0.0.1:${await listening(createServer(listener))}`;

/** A server that would give itself away. */
async function secret() {
  let asked = 0;
  const port = await listening(
    createServer((_, response) => {
      asked++;
      response.end("secret");
    }),
  );
  return { port, asked: () => asked };
}

test("an answer comes with its status, headers and body", async () => {
  const base = await serve((request, response) => {
    response.writeHead(200, { "Content-Type": "application/pkix-crl" });
    response.end(`${request.method} ${request.url} ${request.headers["accept-encoding"]}`);
  });
  const answer = await allowedFetch(`${base}/root.crl?x=1`, usual);
  expect(answer).toMatchObject({
    ok: true,
    status: 200,
    headers: { "content-type": "application/pkix-crl" },
  });
  expect(answer.ok && answer.body.toString()).toBe("GET /root.crl?x=1 identity");
});

test("a body is posted, and a redirect of it is not followed", async () => {
  const base = await serve((request, response) => {
    request.on("data", (part: Buffer) => {
      response.writeHead(307, { Location: "/elsewhere" });
      response.end(`${request.method} ${part.toString("hex")}`);
    });
  });
  const answer = await allowedFetch(`${base}/ocsp`, {
    ...usual,
    method: "POST",
    body: Uint8Array.of(0x30, 3),
  });
  expect(answer).toMatchObject({ ok: true, status: 307 });
  expect(answer.ok && answer.body.toString()).toBe("POST 3003");
});

test.each([
  (port: number) => `http://127.0.0.1:${port}/`,
  (port: number) => `http://2130706433:${port}/`,
  (port: number) => `http://017700000001:${port}/`,
  (port: number) => `http://0177.0.0.1:${port}/`,
  (port: number) => `http://0x7f000001:${port}/`,
  (port: number) => `http://0x7f.1:${port}/`,
  (port: number) => `http://127.1:${port}/`,
  (port: number) => `http://[::1]:${port}/`,
  (port: number) => `http://[::ffff:127.0.0.1]:${port}/`,
  (port: number) => `http://[::ffff:7f00:1]:${port}/`,
  (port: number) => `http://localhost:${port}/`,
  (port: number) => `http://LOCALHOST:${port}/`,
  (port: number) => `http://127.0.0.1.:${port}/`,
  (port: number) => `http://１２７.0.0.1:${port}/`,
  (port: number) => `http://0.0.0.0:${port}/`,
  (port: number) => `http://[::]:${port}/`,
  () => "http://169.254.169.254/latest/meta-data/",
  () => "http://[::ffff:169.254.169.254]/latest/meta-data/",
  () => "http://2852039166/latest/meta-data/",
  () => "http://0xa9fea9fe/",
])("nothing inside is asked without a setting, however the address is written (%#)", async (url) => {
  const { port, asked } = await secret();
  const answer = await allowedFetch(url(port), { ...usual, allowed: [] });
  expect(answer).toMatchObject({ ok: false, fault: "forbidden" });
  expect(asked()).toBe(0);
});

test.each([
  "127.0.0.1",
  "10.0.0.5",
  "192.168.0.1",
  "169.254.169.254",
  "::1",
  "fd00::1",
  "::ffff:10.0.0.5",
  "fe80::1%eth0",
])("a public name that resolves to %s leads nowhere", async (address) => {
  const { port, asked } = await secret();
  const options = { ...usual, allowed: [], resolve: async () => [address] };
  for (const url of [`http://crl.example:${port}/`, "http://crl.example/", "https://crl.example/"]) {
    expect(await allowedFetch(url, options)).toMatchObject({ ok: false, fault: "forbidden" });
  }
  expect(asked()).toBe(0);
});

test("a name is resolved once, and the connection goes to the address that was checked", async () => {
  const base = await serve((request, response) => response.end(request.headers.host));
  const answers = [["127.0.0.1"], ["10.0.0.1"]];
  let resolved = 0;
  const answer = await allowedFetch(base.replace("127.0.0.1", "rebound.example"), {
    ...usual,
    resolve: async () => answers[resolved++] ?? [],
  });
  expect(resolved).toBe(1);
  expect(answer.ok && answer.body.toString()).toBe(
    new URL(base).host.replace("127.0.0.1", "rebound.example"),
  );
});

test("of the addresses of a name only allowed ones are tried, and the next when nothing listens", async () => {
  const base = await serve((_, response) => response.end("found"));
  const resolve = async () => ["10.0.0.1", "127.0.0.9", "127.0.0.1"];
  const answer = await allowedFetch(base.replace("127.0.0.1", "several.example"), { ...usual, resolve });
  expect(answer.ok && answer.body.toString()).toBe("found");
});

test("redirects are followed three times, and judged each time", async () => {
  const base = await serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) response.end("there");
    else response.writeHead(302, { Location: `/${left - 1}` }).end();
  });
  expect(await allowedFetch(`${base}/3`, usual)).toMatchObject({ ok: true, status: 200, url: `${base}/0` });
  expect(await allowedFetch(`${base}/4`, usual)).toMatchObject({ ok: false, fault: "redirects" });
});

test.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://inside.example/",
  "//10.0.0.1/",
])("a redirect to %s is not followed", async (location) => {
  const base = await serve((_, response) => response.writeHead(302, { Location: location }).end());
  const resolve = async () => ["10.0.0.1"];
  expect(await allowedFetch(base, { ...usual, resolve })).toMatchObject({ ok: false, fault: "forbidden" });
});

test.each([
  "file:///etc/passwd",
  "gopher://127.0.0.1/",
  "javascript:1",
  "http://user:word@127.0.0.1/",
  "http://",
  `http://a/${"a".repeat(2_000)}`,
])("%s is no address to fetch, also not by redirect", async (url) => {
  expect(await allowedFetch(url, usual)).toMatchObject({ ok: false, fault: "url" });
  const base = await serve((_, response) => response.writeHead(302, { Location: url }).end());
  expect(await allowedFetch(base, usual)).toMatchObject({ ok: false, fault: "url" });
});

test("our own URL may be anywhere and on any port; what only resembles it may not", async () => {
  const base = await serve((_, response) => response.end("ours"));
  const options = { ...usual, allowed: [], ownUrls: [base] };
  expect(await allowedFetch(`${base}/crl/x.crl`, options)).toMatchObject({ ok: true });
  const { port } = await secret();
  expect(await allowedFetch(`http://127.0.0.1:${port}/`, options)).toMatchObject({ fault: "forbidden" });
});

test("an answer that says it is too large is not read, and one that grows too large is broken off", async () => {
  let sent = 0;
  const base = await serve((request, response) => {
    if (request.url === "/said")
      return void response.writeHead(200, { "Content-Length": 10 ** 9 }).flushHeaders();
    const grow = () => {
      sent += 65_536;
      if (!response.destroyed && response.write(Buffer.alloc(65_536))) setImmediate(grow);
      else response.once("drain", grow);
    };
    grow();
  });
  expect(await allowedFetch(`${base}/said`, usual)).toMatchObject({ ok: false, fault: "tooLarge" });
  expect(await allowedFetch(`${base}/grows`, usual)).toMatchObject({ ok: false, fault: "tooLarge" });
  expect(sent).toBeLessThan(20_000_000);
});

test("what is compressed unasked is not unpacked", async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const base = await serve((_, response) =>
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(bomb),
  );
  expect(await allowedFetch(base, usual)).toMatchObject({ ok: false, fault: "encoding" });
});

test("neither silence nor a slow drip outlasts the time", async () => {
  const base = await serve((request, response) => {
    if (request.url === "/silent") return;
    response.writeHead(200);
    const timer = setInterval(() => response.write("a"), 20);
    response.on("close", () => clearInterval(timer));
  });
  for (const path of ["/silent", "/drip"]) {
    const answer = await allowedFetch(base + path, { ...usual, milliseconds: 200 });
    expect(answer).toMatchObject({ ok: false, fault: "timeout" });
    expect(answer.milliseconds).toBeLessThan(2_000);
  }
  const never = { ...usual, milliseconds: 100, resolve: () => new Promise<string[]>(() => {}) };
  expect(await allowedFetch("http://silent.example/", never)).toMatchObject({ fault: "timeout" });
});

test("what ends early, speaks no HTTP or is not there is told apart", async () => {
  const cut = await serve((_, response) => {
    response.writeHead(200, { "Content-Length": 100 }).write("half");
    setTimeout(() => response.destroy(), 20);
  });
  expect(await allowedFetch(cut, usual)).toMatchObject({ ok: false, fault: "cutOff" });
  const port = await listening(createTcpServer((socket) => void socket.end("SSH-2.0-OpenSSH\r\n")));
  expect(await allowedFetch(`http://127.0.0.1:${port}/`, usual)).toMatchObject({ fault: "protocol" });
  expect(await allowedFetch("http://127.0.0.1:1/", usual)).toMatchObject({ ok: false, fault: "refused" });
  const unknown = { ...usual, resolve: () => Promise.reject(new Error("ENOTFOUND 10.0.0.53")) };
  const answer = await allowedFetch("http://nowhere.example/", unknown);
  expect(answer).toMatchObject({ ok: false, fault: "name" });
  expect(answer.ok ? "" : answer.detail).not.toContain("10.0.0.53");
});

test("a server whose certificate nobody vouches for is not believed", async () => {
  const port = await listening(createTcpServer((socket) => void socket.end("no handshake")));
  const answer = await allowedFetch(`https://127.0.0.1:${port}/`, usual);
  expect(answer).toMatchObject({ ok: false, fault: "tls" });
});
