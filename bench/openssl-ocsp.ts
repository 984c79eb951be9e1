import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "#e2e/fixtures/free-port.ts";
import { endsWithUs, scratch } from "./scratch-folder.ts";

/** The responder of openssl, with an authority of its own and a request that it answers with *good*. */
export interface OpensslResponder {
  url: string;
  request: Buffer;
  stop(): Promise<void>;
}

/** Starts `openssl ocsp -port`. */
export async function startOpensslResponder(): Promise<OpensslResponder> {
  const folder = join(scratch, "openssl-ocsp");
  mkdirSync(folder);
  const openssl = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-subj", "/CN=Peer", "-keyout", "ca.key", "-out", "ca.pem");
  const leaf = ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "0x1234567890abcdef12"];
  openssl("req", "-x509", ...key, "-subj", "/CN=leaf", "-keyout", "leaf.key", ...leaf, "-out", "leaf.pem");
  writeFileSync(join(folder, "index.txt"), "V\t491231235959Z\t\t1234567890ABCDEF12\tunknown\t/CN=leaf\n");
  openssl("ocsp", "-no_nonce", "-issuer", "ca.pem", "-cert", "leaf.pem", "-reqout", "request.der");
  const request = execFileSync("cat", ["request.der"], { cwd: folder });
  const port = await freePort();
  const child = endsWithUs(
    spawn(
      "openssl",
      [
        ...["ocsp", "-port", String(port), "-index", "index.txt", "-CA", "ca.pem"],
        ...["-rsigner", "ca.pem", "-rkey", "ca.key", "-nmin", "60"],
      ],
      { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    ),
  );
  // Not by connecting: a connection that sends nothing stops this responder for good.
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (text: Buffer) => {
      if (text.includes("waiting for OCSP client connections")) resolve();
    });
    child.once("exit", () => reject(new Error("openssl ocsp ended at once")));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    request,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
