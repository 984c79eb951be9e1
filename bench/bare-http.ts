import { createServer } from "node:http";

/**
 * The limit of the exchange itself: an http server in a process of its own that reads the same body, does nothing,
 * and answers the same octets under the same headers. Prints its port.
 */
const answer = Buffer.from(process.argv[2] ?? "", "base64");
const headers = ["Content-Type", "application/ocsp-response", "Content-Length", String(answer.length)];
headers.push("X-Content-Type-Options", "nosniff");
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => response.writeHead(200, headers).end(answer));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" && address !== null ? address.port : 0}\n`);
});
