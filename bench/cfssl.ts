import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { freePort } from "#e2e/fixtures/free-port.ts";
import { answers } from "./countersign.ts";
import { endsWithUs, scratch } from "./scratch-folder.ts";

/** The table that cfssl 1.2 expects (its own migrations need a tool that Debian does not ship). */
const TABLE = `CREATE TABLE certificates (
  serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, ca_label blob, status blob NOT NULL,
  reason int, expiry timestamp, revoked_at timestamp, pem blob NOT NULL,
  PRIMARY KEY(serial_number, authority_key_identifier))`;

/** The peer: Debian's cfssl with its SQLite store, a P-256 authority, over https. */
export async function startCfssl(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = join(scratch, "cfssl");
  mkdirSync(folder);
  const file = (name: string) => join(folder, name);
  const openssl = (...parameters: string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: "ignore" });
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key");
  openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    "ca.key",
    "-subj",
    "/CN=cfssl",
    "-days",
    "3650",
    "-out",
    "ca.pem",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
  );
  writeFileSync(
    file("config.json"),
    JSON.stringify({ signing: { default: { expiry: "2160h", usages: ["signing", "server auth"] } } }),
  );
  const database = new Sqlite(file("certs.db"));
  database.exec(TABLE);
  database.close();
  writeFileSync(file("db.json"), JSON.stringify({ driver: "sqlite3", data_source: file("certs.db") }));
  // https, like ours.
  openssl(
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key".split(" "),
    ..."-subj /CN=localhost -days 30 -out tls.pem".split(" "),
  );
  const port = await freePort();
  const child = endsWithUs(
    spawn(
      "cfssl",
      [
        "serve",
        "-address",
        "127.0.0.1",
        "-port",
        String(port),
        "-ca",
        file("ca.pem"),
        "-ca-key",
        file("ca.key"),
        "-config",
        file("config.json"),
        "-db-config",
        file("db.json"),
        "-tls-cert",
        file("tls.pem"),
        "-tls-key",
        file("tls.key"),
        "-loglevel",
        "4",
      ],
      { stdio: "ignore" },
    ),
  );
  const url = `https://127.0.0.1:${port}`;
  await answers(url, child);
  return {
    url,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
