import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { expect, test } from "vitest";
import { revocationCourse } from "#e2e/fixtures/revocation-course.ts";

/** The course itself, against a server of Node's own in the place of a proxy. */

test("a course that fails midway leaves nobody behind who goes on asking", async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-course-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  const identity = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  let asked = 0;
  const server = createServer(identity, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (request) => {
      asked++;
      const isLast = String(request).includes("Connection: close");
      socket[isLast ? "end" : "write"]("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const scene = {
    servers: identity.cert,
    client: async (id: string) => ({ id, ...identity }),
    quiet: async () => {},
    revoke: () => Promise.reject(new Error("the database is away")),
  };
  try {
    const { port } = server.address() as AddressInfo;
    await expect(revocationCourse(scene, "Node", port, 0)).rejects.toThrow("the database is away");
    await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(0);
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(asked).toBe(before);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
