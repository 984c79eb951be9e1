import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { freePort } from "#e2e/fixtures/free-port.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { systemClock } from "#lib/clock.ts";
import { loadConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/database.ts";
import { migrate } from "#lib/database-migrations.ts";
import { createApiToken } from "#lib/identity/api-tokens.ts";
import { claimInstallation, type Installation } from "#lib/installation.ts";
import { masterKeyOf } from "#lib/master-key.ts";
import { NODE_FLAGS } from "#lib/server/plane.ts";
import { endsWithUs, scratch } from "./scratch-folder.ts";

/** A set-up installation of ours, and its protocol plane as a process. */
export interface Subject {
  installation: Installation;
  token: string;
  /** With these another process opens the same installation. */
  settings: Record<string, string>;
  start(): Promise<{ url: string; httpUrl: string; pid: number; stop(): Promise<void> }>;
}

const ADMIN: UserActor = { kind: "user", id: "bench", name: "bench", role: "admin" };

/** Founds an installation. @param databaseUrl `file:…` or `postgresql://…` */
export async function subject(databaseUrl: string): Promise<Subject> {
  const key = randomBytes(32);
  const ports = { http: await freePort(), https: await freePort() };
  const environment = {
    COUNTERSIGN_DATA_FOLDER: scratch,
    COUNTERSIGN_MASTER_KEY: key.toString("base64"),
    COUNTERSIGN_PROTOCOL_ADDRESS: "127.0.0.1",
    COUNTERSIGN_HTTP_PORT: String(ports.http),
    COUNTERSIGN_HTTPS_PORT: String(ports.https),
    COUNTERSIGN_LOG_LEVEL: "warn",
    DATABASE_URL: databaseUrl,
  };
  const config = loadConfig(environment, process.cwd());
  await migrate(config.database, config.root);
  const installation: Installation = {
    config,
    database: openDatabase(config.database),
    masterKey: masterKeyOf(key, "environment"),
    clock: systemClock,
  };
  await claimInstallation(installation);
  await foundAuthorities(installation, ADMIN, { organisation: "Bench" });
  const { token } = await createApiToken(installation, ADMIN, {
    name: "bench",
    scopes: ["certificate:issue", "certificate:read"],
    expiresAt: null,
  });
  return {
    installation,
    token,
    settings: { COUNTERSIGN_MASTER_KEY: environment.COUNTERSIGN_MASTER_KEY, DATABASE_URL: databaseUrl },
    async start() {
      const child = endsWithUs(
        spawn(process.execPath, [...NODE_FLAGS, join("lib", "server", "protocol.ts")], {
          env: { ...process.env, ...environment },
          stdio: ["ignore", "ignore", "inherit"],
        }),
      );
      const url = `https://127.0.0.1:${ports.https}`;
      await answers(url, child);
      return {
        url,
        httpUrl: `http://127.0.0.1:${ports.http}`,
        pid: child.pid ?? 0,
        async stop() {
          const gone = once(child, "exit");
          child.kill("SIGTERM");
          await gone;
        },
      };
    },
  };
}

/** Waits until a server listens. @throws Error when its process ends before */
export async function answers(url: string, child: ChildProcess): Promise<void> {
  const { hostname, port } = new URL(url);
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) throw new Error(`the server of ${url} ended at once`);
    const listens = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), hostname);
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (listens) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not answer`);
}
