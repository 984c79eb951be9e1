import { expect, test } from "vitest";
import { parseLines } from "./parse-lines.ts";

const NOW = Date.parse("2026-02-03T04:06:00Z");

const NGINX =
  '2026/02/03 04:05:06 [info] 7#7: *9 client sent no required SSL certificate while reading client request headers, client: 192.0.2.7, server: a.test, request: "GET / HTTP/1.1", host: "a.test"';
const STARTED = '2026/02/03 04:05:00 [notice] 1#1: using the "epoll" event method';
const APACHE =
  "[Tue Feb 03 04:05:06.123456 2026] [ssl:info] [pid 41:tid 42] [client 192.0.2.8:50100] AH02008: SSL library error 1 in handshake (server a.test:443)";
/** Both write it so. */
const COMBINED = '192.0.2.9 - - [03/Feb/2026:04:05:07 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8.5.0"';

test("lines are counted by what became of them, and the first that nobody understands are kept", async () => {
  const strange = Array.from({ length: 30 }, (_, index) => `what is ${index}`);
  const parsed = await parseLines([NGINX, STARTED, ...strange], "nginx", NOW);
  expect(parsed.counts).toEqual({ taken: 32, matched: 1, ignored: 1, notUnderstood: 30 });
  expect(parsed.notUnderstood).toEqual(strange.slice(0, 20));
  expect(parsed.observed).toMatchObject([{ text: NGINX, proxy: "nginx" }]);
  expect(parsed.misfit).toBeNull();
});

test("a format that several proxies write is that of the lines before", async () => {
  const proxies = async (lines: string[]) =>
    (await parseLines(lines, null, NOW)).observed.map(({ proxy }) => proxy);
  expect(await proxies([APACHE, COMBINED])).toEqual(["apache", "apache"]);
  expect(await proxies([NGINX, COMBINED])).toEqual(["nginx", "nginx"]);
  expect(await proxies([APACHE, COMBINED, NGINX, COMBINED])).toEqual(["apache", "apache", "nginx", "nginx"]);
});

test("a wrong choice is noticed, and the lines are read as what they are", async () => {
  const { misfit, observed, counts } = await parseLines([NGINX, NGINX], "haproxy", NOW);
  expect([misfit, counts.matched]).toEqual(["nginx", 2]);
  expect(observed.map(({ proxy }) => proxy)).toEqual(["nginx", "nginx"]);
});

test("a line of another proxy among those of the chosen one is read as well", async () => {
  const { misfit, observed } = await parseLines([...Array(20).fill(NGINX), APACHE], "nginx", NOW);
  expect(misfit).toBeNull();
  expect(observed.at(-1)?.proxy).toBe("apache");
});
