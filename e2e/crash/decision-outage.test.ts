import { Agent } from "node:https";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { type Caller, type DecisionScene, decisionScene } from "#e2e/fixtures/decision-scene.ts";
import { startTemplate } from "#e2e/fixtures/postgresql-cluster.ts";
import { type Answer, ask } from "#e2e/fixtures/protocol-plane.ts";
import { OUTAGE_SECONDS } from "#e2e/fixtures/sizes.ts";
import { pause } from "./burst.ts";

/** How long anything may take that happens within seconds on a machine with nothing else to do. */
const PATIENCE_MS = 60_000;

const isSqlite = inject("template").provider === "sqlite";

/** A database that can be taken away: PostgreSQL is stopped, SQLite is locked exclusively by another program. */
interface Outage {
  scene: DecisionScene;
  begin(): Promise<void>;
  end(): Promise<void>;
  close(): Promise<void>;
}

async function outageOfSqlite(): Promise<Outage> {
  const scene = await decisionScene();
  const { database } = scene.installation.config;
  if (database.provider !== "sqlite") throw new Error("not SQLite");
  const other = new Sqlite(database.file, { timeout: 10_000 });
  return {
    scene,
    begin: async () => void other.exec("BEGIN EXCLUSIVE"),
    end: async () => void other.exec("ROLLBACK"),
    async close() {
      other.close();
      await scene.close();
    },
  };
}

async function outageOfPostgresql(): Promise<Outage> {
  const cluster = await startTemplate();
  const scene = await decisionScene({ template: cluster.template });
  return {
    scene,
    begin: () => cluster.halt(),
    end: () => cluster.start(),
    async close() {
      await scene.close();
      cluster.stop();
    },
  };
}

let outage: Outage;

beforeEach(async () => {
  outage = await (isSqlite ? outageOfSqlite() : outageOfPostgresql());
}, 120_000);
afterEach(() => outage.close());

/** Asks about callers one after another, again and again, on several connections at once. */
class Load {
  readonly #ask: (caller: Caller) => Promise<Answer>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  readonly #underWay: Promise<void>;
  #ended = false;
  permitted = 0;
  refused = 0;
  /** Whatever else came of a request. */
  readonly complaints: string[] = [];

  constructor(base: string, token: string, admitted: Caller, suspended: Caller) {
    this.#ask = (caller) =>
      ask(base, {
        path: "/v1/decision/payments",
        headers: {
          Authorization: `Bearer ${token}`,
          "X-Original-Method": "GET",
          "X-Original-URI": "/",
          "X-Client-Cert-PEM": encodeURIComponent(leafOf(caller)),
        },
        agent: this.#agent,
      });
    const work = async () => {
      while (!this.#ended) {
        await this.#expect(admitted, 200);
        await this.#expect(suspended, 403);
      }
    };
    this.#underWay = Promise.all(Array.from({ length: 4 }, work)).then(() => {});
  }

  /** One request beside all others. */
  one(caller: Caller): Promise<Answer> {
    return this.#ask(caller);
  }

  async #expect(caller: Caller, status: number): Promise<void> {
    const answer = await this.#ask(caller).catch((error: Error) => error);
    if (answer instanceof Error) this.complaints.push(answer.message);
    else if (answer.status !== status)
      this.complaints.push(`${answer.status} ${String(answer.headers["x-countersign-reason"])}`);
    else if (status === 200) this.permitted++;
    else this.refused++;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#underWay;
    this.#agent.destroy();
  }
}

const leafOf = ({ cert }: Caller) =>
  `${cert.split("-----END CERTIFICATE-----")[0]}-----END CERTIFICATE-----\n`;

/** Looks again and again. @returns when it is so @throws with the last state seen */
async function until<T>(look: () => Promise<T>, isSo: (state: T) => boolean): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const state = await look();
    if (isSo(state)) return state;
    if (performance.now() > end) throw new Error(`it stays ${JSON.stringify(state)}`);
    await pause(100);
  }
}

test("while the database is away decisions go on, it is said where people look, and it recovers by itself", {
  timeout: 300_000 + OUTAGE_SECONDS * 1_000,
}, async () => {
  const { scene } = outage;
  const [plane] = scene.planes;
  if (plane === undefined) throw new Error("no plane");
  const { admitted, suspended } = scene.callers;
  const token = await scene.proxy("nginx", "x-client-cert-pem");
  const load = new Load(plane.httpsUrl, token, admitted, suspended);
  const readiness = async () => {
    const answer = await ask(plane.httpsUrl, { path: "/readyz" });
    return { status: answer.status, ...JSON.parse(answer.body).checks } as Record<string, unknown>;
  };
  const figures = async () => (await ask(plane.httpsUrl, { path: "/metrics" })).body;
  const since = async () => (await load.one(admitted)).headers["x-countersign-snapshot-since"];
  await until(
    async () => load.permitted + load.refused,
    (count) => count > 100,
  );
  expect(await readiness()).toMatchObject({ decisions: "ok" });
  expect(await since()).toBeUndefined();

  const began = performance.now();
  await outage.begin();
  const alarm = isSqlite ? /could not be written for \d+ seconds/ : /decisions are made as things were at 20/;
  const said = await until(readiness, ({ decisions }) => alarm.test(String(decisions)));
  const raisedAfterMs = performance.now() - began;
  if (isSqlite) {
    // Reading goes on, so what is decided on is what is there: nobody can change it meanwhile.
    expect(said).toMatchObject({ status: 200, database: "ok" });
    expect(await figures()).toMatch(/^countersign_access_use_unwritten_seconds [1-9]/m);
  } else {
    expect(said).toMatchObject({ status: 503, database: "cannot be reached" });
    expect(await since()).toMatch(/^20/);
    expect(await figures()).toMatch(/^countersign_decisions_stale_seconds [1-9]/m);
  }
  const before = load.permitted;
  await pause(Math.max(1_000, OUTAGE_SECONDS * 1_000 - (performance.now() - began)));
  expect(load.permitted).toBeGreaterThan(before);
  await outage.end();
  const ended = performance.now();
  await until(readiness, ({ decisions, status }) => decisions === "ok" && status === 200);
  const recoveredAfterMs = performance.now() - ended;
  expect(await since()).toBeUndefined();
  await load.end();
  expect(load.complaints).toEqual([]);

  const permitted = load.permitted;
  const { read } = scene.installation.database;
  const counted = async () => {
    const { _sum } = await read.accessHour.aggregate({
      where: { clientId: admitted.clientId ?? "" },
      _sum: { permitted: true },
    });
    return _sum.permitted ?? 0;
  };
  // Those beside the load were counted, too.
  await until(counted, (count) => count >= permitted);
  await scene.suspend(admitted);
  await until(
    async () => (await load.one(admitted)).status,
    (status) => status === 403,
  );
  if (!isSqlite) expect(await read.auditEvent.count({ where: { action: "decisions.detached" } })).toBe(1);
  process.stdout.write(
    `${permitted + load.refused} decisions; alarm after ${Math.round(raisedAfterMs)} ms, recovered after ${Math.round(recoveredAfterMs)} ms\n`,
  );
});
