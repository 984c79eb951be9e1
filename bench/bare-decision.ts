import { createServer } from "node:https";

/**
 * The limit of the exchange itself: an https server in a process of its own that asks for a client certificate as ours
 * does, looks at nothing, and answers with the same headers. Prints its port.
 */
const [key, cert, headers = "[]"] = process.argv.slice(2);
const answer = JSON.parse(headers) as string[];
const server = createServer(
  { key, cert, requestCert: true, rejectUnauthorized: false, maxHeaderSize: 65_536 },
  (_, response) => {
    response.writeHead(200, answer).end();
  },
);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" && address !== null ? address.port : 0}\n`);
});
