import { randomBytes } from "node:crypto";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import type { Config } from "#lib/config.ts";
import { type ColumnValue, type DriverConnection, openDriver } from "#lib/driver.ts";
import { startIngest } from "#lib/handshake/ingest.ts";
import { ProxyLane } from "#lib/handshake/proxy-lane.ts";
import { importCertificates } from "#lib/inventory/import-certificates.ts";
import { type NewDatabase, onBothDatabases } from "./both-databases.ts";
import { type Subject, subject } from "./countersign.ts";
import { fillCertificates } from "./fill.ts";
import { handshakeTraffic, KINDS, type Traffic } from "./handshake-traffic.ts";
import { verdict } from "./verdict.ts";

/** Sizes: `--quick` is for trying the benchmark itself. */
const quick = process.argv.includes("--quick");
const INVENTORY = quick ? 5_000 : 150_000;
/** Of each client that the test data have, eighteen of them. */
const CLIENTS = 20;
const ROUNDS = quick ? 2 : 5;
/** Before them: what takes lines in runs for weeks, and is compiled while it does. */
const WARMING_ROUNDS = quick ? 1 : 4;
/** Bodies that a proxy sends in a round, and lines in each. */
const BODIES = quick ? 4 : 12;
const LINES = 1_000;

const SHARE = 0.6;

const ADMIN: UserActor = { kind: "user", id: "bench", name: "bench", role: "admin" };
type Print = (line: string) => void;

/** What is sent in a round: handshakes that were refused, of the same clients or of new ones, or that went well. */
const INCIDENT = "an incident: some hundred clients, every cause";
const MIXES = {
  [INCIDENT]: (traffic) => traffic.refused,
  "scanners: a new name each time": (traffic) => traffic.scanned,
  "mostly successes: one in twenty fails": (traffic) => (kind, at) =>
    at % 20 === 0 ? traffic.refused(kind, at) : traffic.accepted(kind, at),
} satisfies Record<string, (traffic: Traffic) => Traffic["refused"]>;

/** A body of lines of one proxy. */
interface Sent {
  proxyId: string;
  batchId: string;
  lines: string[];
  handshakes: number;
}

/** The writing statements of one transaction. */
type Written = readonly (readonly [sql: string, rows: readonly unknown[]])[];

/**
 * Lines of four proxies, from bodies to the answer that they are stored; beside the same statements that store their
 * rows, a transaction for each portion of lines, and nothing else. Beside both somebody else writes now and then.
 */
export async function benchIngest(print: Print): Promise<boolean> {
  return onBothDatabases((name, newDatabase) => benchDatabase(print, name, newDatabase));
}

async function benchDatabase(print: Print, name: string, newDatabase: NewDatabase): Promise<boolean> {
  const traffic = handshakeTraffic(CLIENTS);
  const own = await installed(await newDatabase(), traffic);
  // The same once more, where what is written is written down; and one that gets only that.
  const watched = await installed(await newDatabase(), traffic, own.proxies);
  const raw = await subject(await newDatabase());
  const ingest = startIngest(own.subject.installation);
  const shares = new Map<string, number>();
  for (const [label, mix] of Object.entries(MIXES)) {
    const rounds: { ours: number; raw: number; share: number; waits: number[] }[] = [];
    for (let round = 0; round < WARMING_ROUNDS + ROUNDS; round++) {
      const sent = bodies(own.proxies, mix(traffic), round);
      const written = await writtenBy(watched.subject, sent);
      const [oursMs, waits] = await besideAnother(own.subject, () => sendAll(ingest, sent));
      const [rawMs] = await besideAnother(raw, () => writeAll(raw.installation.config.database, written));
      const handshakes = sent.reduce((sum, each) => sum + each.handshakes, 0);
      if (round >= WARMING_ROUNDS)
        rounds.push({
          ours: (handshakes / oursMs) * 1_000,
          raw: (handshakes / rawMs) * 1_000,
          share: rawMs / oursMs,
          waits,
        });
    }
    const middle = (of: "ours" | "raw" | "share") => {
      const sorted = rounds.map((round) => round[of]).sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? 0;
    };
    const waits = rounds.flatMap((round) => round.waits).sort((a, b) => a - b);
    const wait = (part: number) => (waits[Math.floor((waits.length - 1) * part)] ?? 0).toFixed(0);
    print(`    ${name}, ${label}:`);
    print(
      `      ${middle("ours").toFixed(0)} handshakes/s; their rows alone (limit) ${middle("raw").toFixed(0)}/s, ${(100 * middle("share")).toFixed(0)} %`,
    );
    print(`      another writer waits: p50 ${wait(0.5)} ms   p95 ${wait(0.95)} ms   longest ${wait(1)} ms`);
    shares.set(label, middle("share"));
  }
  await ingest.close();
  for (const { installation } of [own.subject, watched.subject, raw]) await installation.database.close();
  // The others are figures only: of what went well next to no rows are left to compare with, and those of strangers
  // beyond the bound are one failure, so that the less is written, the more of the time goes to reading lines.
  return verdict(
    print,
    `${name}: share of the raw insert, an incident`,
    shares.get(INCIDENT) ?? 0,
    SHARE,
    ">=",
  );
}

interface Installed {
  subject: Subject;
  /** Ids of proxies, of each kind. */
  proxies: Record<(typeof KINDS)[number], string>;
}

async function installed(url: string, traffic: Traffic, known?: Installed["proxies"]): Promise<Installed> {
  const own = await subject(url);
  await fillCertificates(own.installation, INVENTORY);
  const { status } = await importCertificates(own.installation, ADMIN, {
    ...{ fileName: "bench.pem", password: null, declaredBytes: null },
    source: (async function* () {
      yield Buffer.from(traffic.certificates);
    })(),
  });
  if (status !== "done") throw new Error("the certificates were not imported");
  const service = await createService(own.installation, ADMIN, {
    ...{ slug: "fraud", name: "Fraud", hostNames: ["fraud.initech.corp"] },
  });
  const proxies: Record<string, string> = {};
  for (const kind of KINDS) {
    const { id } = await createProxy(own.installation, ADMIN, {
      ...{ slug: kind, name: kind, kind, header: "client-cert", services: [service] },
    });
    proxies[kind] = known?.[kind] ?? id;
    if (known !== undefined) {
      await own.installation.database.write((transaction) =>
        transaction.proxy.update({ where: { id }, data: { id: known[kind] } }),
      );
    }
  }
  return { subject: own, proxies: proxies as Installed["proxies"] };
}

/** One round of all proxies, in turn. */
function bodies(proxies: Installed["proxies"], next: Traffic["refused"], round: number): Sent[] {
  const now = Date.now();
  return Array.from({ length: BODIES }, (_, body) =>
    KINDS.map((kind) => {
      const lines: string[] = [];
      let handshakes = 0;
      for (; lines.length < LINES; handshakes++) lines.push(...next(kind, now - 1_000 + handshakes));
      return {
        proxyId: proxies[kind],
        batchId: `${round}-${body}-${randomBytes(6).toString("hex")}`,
        ...{ lines, handshakes },
      };
    }),
  ).flat();
}

/** As many as there are proxies send at once, each its bodies one after the other. */
async function sendAll(ingest: ReturnType<typeof startIngest>, sent: readonly Sent[]): Promise<void> {
  const ofProxies = Map.groupBy(sent, ({ proxyId }) => proxyId);
  const encoder = new TextEncoder();
  await Promise.all(
    [...ofProxies.values()].map(async (all) => {
      for (const { proxyId, batchId, lines } of all) {
        const { repeated, taken } = await ingest.take({
          ...{ proxyId, batchId, body: encoder.encode(lines.join("\n")) },
          ...{ contentType: "text/plain", contentEncoding: undefined },
        });
        if (repeated || taken !== lines.length) throw new Error("lines were not taken in");
      }
    }),
  );
}

/** What is written for these, transaction by transaction. */
async function writtenBy({ installation }: Subject, sent: readonly Sent[]): Promise<Written[]> {
  const connection = await openDriver(installation.config.database);
  const written: Written[] = [];
  const watching: DriverConnection = {
    ...connection,
    transaction: (work) =>
      connection.transaction((steps) => {
        const statements: [string, unknown[]][] = [];
        written.push(statements);
        const note = (sql: string, parameters: readonly ColumnValue[] = []) => {
          if (/^(?:INSERT|DELETE|WITH)\b/.test(sql)) statements.push([sql, parameters.map(parsed)]);
        };
        const run: typeof steps.run = (sql, parameters) => {
          note(sql, parameters);
          return steps.run(sql, parameters);
        };
        const all: typeof steps.all = (sql, parameters) => {
          note(sql, parameters);
          return steps.all(sql, parameters);
        };
        return work({ ...steps, run, all });
      }),
  };
  const lanes = new Map<string, ProxyLane>();
  for (const { proxyId, batchId, lines } of sent) {
    const ground = { database: installation.database, connection: watching, now: Date.now };
    const lane = lanes.get(proxyId) ?? new ProxyLane(ground, proxyId);
    lanes.set(proxyId, lane);
    await lane.take(batchId, lines);
  }
  await connection.close();
  return written;
}

/** The rows of a parameter, which are to be made into JSON again; what is none stays what it is. */
function parsed(parameter: ColumnValue): unknown {
  return typeof parameter === "string" && parameter.startsWith("[") ? JSON.parse(parameter) : parameter;
}

async function writeAll(database: Config["database"], written: readonly Written[]): Promise<void> {
  const connection = await openDriver(database);
  for (const statements of written) {
    await connection.transaction(async (steps) => {
      for (const [sql, rows] of statements)
        await steps.run(
          sql,
          rows.map((each) => (typeof each === "string" ? each : JSON.stringify(each))),
        );
    });
  }
  await connection.close();
}

/** @returns how long it takes, and how long somebody else waited meanwhile who writes now and then; in milliseconds */
async function besideAnother(
  { installation }: Subject,
  work: () => Promise<void>,
): Promise<[elapsed: number, waits: number[]]> {
  const beside = startWaiting(await openDriver(installation.config.database, 2));
  const elapsed = await timed(work);
  return [elapsed, await beside.stop()];
}

/** Somebody else who writes now and then. @returns what ends it, with how long it waited each time, in milliseconds */
function startWaiting(connection: DriverConnection): { stop(): Promise<number[]> } {
  const waits: number[] = [];
  let isOver = false;
  const waiting = (async () => {
    while (!isOver) {
      const began = performance.now();
      await connection
        .transaction(async () => {
          waits.push(performance.now() - began);
          throw UNDONE;
        })
        .catch((error: unknown) => {
          if (error !== UNDONE) throw error;
        });
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 20));
    }
    await connection.close();
  })();
  return {
    async stop() {
      isOver = true;
      await waiting;
      return waits;
    },
  };
}

const UNDONE = new Error("nothing is to be written");

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
