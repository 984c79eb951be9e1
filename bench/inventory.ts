import { Agent, get } from "node:https";
import { startInstance } from "#e2e/fixtures/instance.ts";
import { type NewDatabase, onBothDatabases } from "./both-databases.ts";
import { type Subject, subject } from "./countersign.ts";
import { fillCertificates } from "./fill.ts";
import { INVENTORY_QUESTIONS } from "./inventory-questions.ts";
import { childrenOf, residentMegabytes } from "./process-memory.ts";

/** Sizes: `--quick` is for trying the benchmark itself. */
const quick = process.argv.includes("--quick");
const FEW = 1_000;
const MANY = quick ? 20_000 : 1_000_000;
const USUAL = 300;
const REQUESTS = quick ? 10 : 40;
const WARMING = 5;

const P95_MS = 100;
/** Two starts of the same instance differ by as much. */
const SAME = 1.25;

type Print = (line: string) => void;
interface Latency {
  p50Ms: number;
  p95Ms: number;
}

/**
 * The inventory over https, one request at a time: each kind of filter, search, order and page with a million
 * certificates beside the same with a thousand; and what a start takes and holds with a million beside 300.
 */
export async function benchInventory(print: Print): Promise<boolean> {
  return onBothDatabases((name, newDatabase) => benchDatabase(print, name, newDatabase));
}

async function benchDatabase(print: Print, name: string, newDatabase: NewDatabase): Promise<boolean> {
  const filled = async (count: number) => {
    const own = await subject(await newDatabase());
    const began = performance.now();
    await fillCertificates(own.installation, count);
    return { own, seconds: (performance.now() - began) / 1000 };
  };
  const [few, many, usual] = [await filled(FEW), await filled(MANY), await filled(USUAL)];
  print(`  ${name}: ${MANY.toLocaleString("en")} certificates filled in ${many.seconds.toFixed(0)} s`);
  const atFew = await questions(few.own);
  const atMany = await questions(many.own);
  for (const [question, { p50Ms, p95Ms }] of atMany) {
    const beside = atFew.get(question);
    print(
      `    ${question.padEnd(58)} ${milliseconds(p50Ms)} ${milliseconds(p95Ms)}   (${milliseconds(beside?.p50Ms ?? 0)} ${milliseconds(beside?.p95Ms ?? 0)})`,
    );
  }
  const [startUsual, startMany] = [await start(usual.own), await start(many.own)];
  print(`    start, both planes, with ${USUAL}: ${shown(startUsual)}`);
  print(`    start, both planes, with ${MANY.toLocaleString("en")}: ${shown(startMany)}`);
  for (const { own } of [few, many, usual]) await own.installation.database.close();
  const slowest = Math.max(...[...atMany.values()].map(({ p95Ms }) => p95Ms));
  return [
    verdict(print, `${name}: p95 in ms of the slowest question`, slowest, P95_MS),
    verdict(
      print,
      `${name}: start with a million, times that with ${USUAL}`,
      startMany.seconds / startUsual.seconds,
      SAME,
    ),
    verdict(
      print,
      `${name}: memory with a million, times that with ${USUAL}`,
      startMany.megabytes / startUsual.megabytes,
      SAME,
    ),
  ].every(Boolean);
}

/** p50 and p95 of each question, warm. */
async function questions(own: Subject): Promise<Map<string, Latency>> {
  const plane = await own.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const latencies = new Map<string, Latency>();
  for (const [name, { path = "/v1/certificates", query, untilFirstByte = false }] of Object.entries(
    INVENTORY_QUESTIONS,
  )) {
    const times: number[] = [];
    for (let number = 0; number < WARMING + REQUESTS; number++) {
      const parameters = new URLSearchParams(query(number)).toString();
      const took = await timed(agent, `${plane.url}${path}?${parameters}`, own.token, untilFirstByte);
      if (number >= WARMING) times.push(took);
    }
    times.sort((a, b) => a - b);
    latencies.set(name, { p50Ms: share(times, 0.5), p95Ms: share(times, 0.95) });
  }
  agent.destroy();
  await plane.stop();
  return latencies;
}

function timed(agent: Agent, url: string, token: string, untilFirstByte: boolean): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { Authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${response.statusCode} for ${url}`));
      response.once("data", () => {
        if (!untilFirstByte) return;
        resolve(performance.now() - began);
        response.destroy();
      });
      response.on("end", () => resolve(performance.now() - began));
      response.on("error", reject);
      response.resume();
    }).on("error", reject);
  });
}

interface Start {
  seconds: number;
  megabytes: number;
}

/** How long after an instance has started its memory is read. */
const SETTLED_MS = 3_000;

/** Starts both planes as `npm start` does. */
async function start(own: Subject): Promise<Start> {
  const began = performance.now();
  const instance = await startInstance(own.settings);
  const seconds = (performance.now() - began) / 1000;
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const megabytes = childrenOf(instance.pid).reduce((sum, pid) => sum + residentMegabytes(pid), 0);
  await instance.stop();
  return { seconds, megabytes };
}

const shown = ({ seconds, megabytes }: Start) => `${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`;
const milliseconds = (value: number) => `${value.toFixed(1)} ms`.padStart(9);

function share(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function verdict(print: Print, what: string, value: number, bound: number): boolean {
  const reached = value < bound;
  print(`  ${reached ? "reached" : "MISSED "}  ${what}: ${value.toFixed(2)} (must be < ${bound})`);
  return reached;
}
