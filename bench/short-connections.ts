import { connect } from "node:net";
import type { Load } from "./load.ts";

const CLIENTS = 32;

/**
 * Loads a server that speaks HTTP/1.0 and answers one request on each connection, which wrk cannot: 32 clients,
 * each with one request under way.
 *
 * @throws Error when an answer was not 200
 */
export async function loadByShortConnections(
  url: string,
  seconds: number,
  headers: Record<string, string>,
  body: Uint8Array,
): Promise<Load> {
  const { hostname, port } = new URL(url);
  const lines = Object.entries({ ...headers, "Content-Length": body.length }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const request = Buffer.concat([Buffer.from(`POST / HTTP/1.0\r\n${lines.join("")}\r\n`), body]);
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      let begin = "";
      const socket = connect(Number(port), hostname, () => socket.write(request));
      socket.on("data", (part) => (begin ||= part.toString("latin1", 0, 16)));
      socket.on("error", reject);
      socket.on("close", () =>
        begin.includes(" 200 ") ? resolve() : reject(new Error(`${url} answered ${begin}`)),
      );
    });
  const taken: number[] = [];
  const began = performance.now();
  const client = async () => {
    while (performance.now() - began < seconds * 1000) {
      const asked = performance.now();
      await ask();
      taken.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const elapsed = performance.now() - began;
  taken.sort((a, b) => a - b);
  return {
    requests: taken.length,
    perSecond: (taken.length / elapsed) * 1000,
    p50Ms: taken[Math.floor(taken.length / 2)] ?? 0,
    p99Ms: taken[Math.floor(taken.length * 0.99)] ?? 0,
  };
}
