import { createServer } from "node:https";

/**
 * The limit of the exchange itself: an https server in a process of its own that reads the same
 * body, does nothing, and answers as many bytes. Prints its port.
 */
const [key, cert, size] = process.argv.slice(2);
const answer = "x".repeat(Number(size));
const server = createServer({ key, cert }, (request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(201, { "Content-Type": "application/json" });
    response.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" && address !== null ? address.port : 0}\n`);
});
