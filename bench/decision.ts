import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { Agent, get } from "node:https";
import { join } from "node:path";
import { startInstance } from "#e2e/fixtures/instance.ts";
import { insertPerson, PASSWORD, testBrowser } from "#e2e/fixtures/people.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { selfSignedCredential } from "#lib/authority/self-signed-credential.ts";
import { systemActor, type UserActor } from "#lib/authorization/actor.ts";
import { signInWithPassword } from "#lib/identity/sign-in.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { fillAccess } from "./access-fill.ts";
import { type Subject, subject } from "./countersign.ts";
import { fillCertificates } from "./fill.ts";
import { ask, type Load, median, type Question } from "./load.ts";
import { residentMegabytes } from "./process-memory.ts";
import { processSeconds } from "./processor-time.ts";
import { endsWithUs, scratch } from "./scratch-folder.ts";
import { row, verdict } from "./verdict.ts";

/** Sizes: `--quick` is for trying the benchmark itself. */
const quick = process.argv.includes("--quick");
const SECONDS = quick ? 2 : 5;
const ROUNDS = quick ? 1 : 3;
const SIZE = { clients: quick ? 8_000 : 100_000, services: 50, grants: 10 };
const INVENTORY = quick ? 20_000 : 1_000_000;
/** Certificates that are presented in turn. */
const PRESENTED = 64;
/** More changed clients than that have everything read anew. */
const CHANGED = 6_000;

/** As many ask one after another, each after a pause: a proxy at work, and a machine with time to spare. */
const ASKERS = 8;
const PAUSE_MS = 4;

const ADMIN: UserActor = { kind: "user", id: "bench", name: "bench", role: "admin" };
type Print = (line: string) => void;

/**
 * Decisions over https: beside the same exchange without any work, in turns; while everything is read anew; and while
 * the console renders the inventory.
 */
export async function benchDecision(print: Print): Promise<boolean> {
  const own = await subject(`file:${join(scratch, "decision.sqlite")}`);
  const small = await startedMemory(own);
  const questions = await questionsFor(own);
  const grants = (SIZE.clients * SIZE.grants).toLocaleString("en");
  const running = await own.start();
  const answer = await firstAnswer(running.url, questions[0]);
  const bare = await startBare(own, answer);

  ask(bare.url, 2, questions); // warm
  ask(running.url, 2, questions);
  const rounds: { bare: MeasuredLoad; ours: MeasuredLoad }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      bare: askMeasured(bare.pid, bare.url, questions),
      ours: askMeasured(running.pid, running.url, questions),
    });
  }
  await bare.stop();
  const of = (what: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[what]));
  print(row("bare node:https, the same headers (limit)", of("bare")));
  print(row(`Countersign, ${SIZE.clients.toLocaleString("en")} clients and ${grants} grants`, of("ours")));

  const spent = (what: "bare" | "ours") =>
    Math.min(...rounds.map((round) => round[what].microseconds)).toFixed(0);
  print(`  processor time of an answer: bare ${spent("bare")} µs, ours ${spent("ours")} µs`);

  const agent = new Agent({ keepAlive: true, maxSockets: ASKERS, rejectUnauthorized: false });
  const usual = await paced(agent, running.url, questions, SECONDS * 1_000);
  const reading = await whileReadAnew(own, running.url, (until) =>
    paced(agent, running.url, questions, until),
  );
  const megabytes = residentMegabytes(running.pid);
  print(latencyRow("paced", usual));
  print(latencyRow("paced, while everything is read anew", reading.latency));
  print(
    `  reading everything took ${reading.seconds.toFixed(1)} s beside them; the plane holds ${megabytes.toFixed(0)} MB, ${small.toFixed(0)} MB without clients`,
  );
  agent.destroy();
  await running.stop();
  const rendering = await whileRendering(print, own, questions);
  await own.installation.database.close();
  return [
    verdict(print, "of the bare exchange", of("ours").perSecond / of("bare").perSecond, 0.75, ">="),
    verdict(print, "p99 in ms while the console renders", rendering.p99Ms, 5, "<"),
  ].every(Boolean);
}

/** A load, with the processor time of the server for each request. */
interface MeasuredLoad extends Load {
  microseconds: number;
}

function askMeasured(pid: number, url: string, questions: readonly Question[]): MeasuredLoad {
  const before = processSeconds(pid);
  const result = ask(url, SECONDS, questions);
  return { ...result, microseconds: ((processSeconds(pid) - before) * 1e6) / result.requests };
}

/** What a plane holds that knows of no client. */
async function startedMemory(own: Subject): Promise<number> {
  const running = await own.start();
  const megabytes = residentMegabytes(running.pid);
  await running.stop();
  return megabytes;
}

/** Fills the installation, and makes questions that are answered with yes. */
async function questionsFor({ installation }: Subject): Promise<Question[]> {
  const { database } = installation;
  const issuer = inlineIssuer(installation);
  const key = await generateKeyPair("ecdsa-p256");
  const issued = await Promise.all(
    Array.from({ length: PRESENTED }, (_, index) =>
      issuer.issue({
        profile: "client",
        key,
        subject: [[{ type: "2.5.4.3", value: `client ${index}` }]],
        names: [{ type: "dns", value: `client-${index}.example` }],
        source: "api",
        actor: systemActor("bench"),
      }),
    ),
  );
  await issuer.close();
  const rows = await database.read.certificate.findMany({
    where: { id: { in: issued.map(({ id }) => id) } },
    select: { sha256: true, body: true },
  });
  const known = rows.map(({ sha256, body }) => ({ sha256: sha256 ?? "", body }));
  const services = await fillAccess(installation, SIZE, known);
  const ids = await database.read.service.findMany({ select: { id: true } });
  const { token } = await createProxy(installation, ADMIN, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: ids.map(({ id }) => id),
  });
  return known.flatMap(({ body }, client) =>
    (services[client] ?? []).map((service) => ({
      path: `/v1/decision/${service}`,
      headers: {
        Authorization: `Bearer ${token}`,
        "X-Original-Method": "GET",
        "X-Original-URI": "/api/orders?page=2",
        "X-Client-Cert-PEM": encodeURIComponent(encodePem("CERTIFICATE", body)),
      },
    })),
  );
}

/** Waits until the plane knows the proxy. @returns the headers of its answer */
async function firstAnswer(url: string, question: Question | undefined): Promise<string[]> {
  const agent = new Agent({ rejectUnauthorized: false });
  for (let tries = 0; tries < 600; tries++) {
    const answer = await answerTo(agent, url, question).catch(() => null);
    if (answer?.status === 200) return answer.headers;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the plane does not decide");
}

interface Answered {
  status: number;
  headers: string[];
  milliseconds: number;
}

function answerTo(agent: Agent, url: string, question: Question | undefined): Promise<Answered> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get(`${url}${question?.path}`, { agent, headers: question?.headers ?? {} }, (response) => {
      response.resume();
      const { statusCode: status = 0, rawHeaders } = response;
      const ofConnection = new Set(["date", "connection", "keep-alive"]);
      const headers = rawHeaders.filter(
        (_, index) => !ofConnection.has((rawHeaders[index - (index % 2)] ?? "").toLowerCase()),
      );
      response.on("end", () => resolve({ status, headers, milliseconds: performance.now() - began }));
    }).on("error", reject);
  });
}

interface Latency {
  count: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** @param until milliseconds, or what ends it */
async function paced(
  agent: Agent,
  url: string,
  questions: readonly Question[],
  until: number | Promise<unknown>,
): Promise<Latency> {
  let isOver = false;
  const end = typeof until === "number" ? new Promise((resolve) => setTimeout(resolve, until)) : until;
  const ended = end.finally(() => {
    isOver = true;
  });
  const times: number[] = [];
  let next = 0;
  const asker = async () => {
    while (!isOver) {
      const { status, milliseconds } = await answerTo(agent, url, questions[next++ % questions.length]);
      if (status !== 200) throw new Error(`a decision was ${status}`);
      times.push(milliseconds);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: ASKERS }, asker));
  await ended;
  times.sort((a, b) => a - b);
  const share = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  return { count: times.length, p50Ms: share(0.5), p99Ms: share(0.99), maxMs: share(1) };
}

const latencyRow = (label: string, { count, p50Ms, p99Ms, maxMs }: Latency) =>
  `  ${label.padEnd(52)} ${String(count).padStart(7)}     p50 ${p50Ms.toFixed(1)} ms   p99 ${p99Ms.toFixed(1)} ms   longest ${maxMs.toFixed(0)} ms`;

/** Has everything read anew, by changing so many clients that this is faster than to look them up. */
async function whileReadAnew(
  { installation }: Subject,
  url: string,
  measure: (until: Promise<void>) => Promise<Latency>,
): Promise<{ latency: Latency; seconds: number }> {
  const readings = async () => {
    const agent = new Agent({ rejectUnauthorized: false });
    const text = await new Promise<string>((resolve, reject) => {
      get(`${url}/metrics`, { agent }, async (response) => resolve((await response.toArray()).join(""))).on(
        "error",
        reject,
      );
    });
    return Number(/^countersign_access_reading_seconds (\S+)/m.exec(text)?.[1]);
  };
  const before = await readings();
  const { access } = await installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  const some = await installation.database.read.client.findMany({ select: { id: true }, take: CHANGED });
  await installation.database.write(async (transaction) => {
    await transaction.ground.update({ where: { id: 1 }, data: { access: access + 1 } });
    await transaction.client.updateMany({
      where: { id: { lte: some.at(-1)?.id ?? "" } },
      data: { change: access + 1 },
    });
  });
  const done = (async () => {
    for (let tries = 0; tries < 600; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      if ((await readings()) !== before) return;
    }
    throw new Error("nothing is read anew");
  })();
  const latency = await measure(done);
  return { latency, seconds: await readings() };
}

/** While somebody looks through the inventory, page by page, as fast as the console renders. */
async function whileRendering(print: Print, own: Subject, questions: readonly Question[]): Promise<Latency> {
  if (!existsSync(".next")) throw new Error("the console is not built");
  await fillCertificates(own.installation, INVENTORY);
  await insertPerson(own.installation, "operator", "Ada");
  const browser = testBrowser();
  const { setCookies } = await signInWithPassword(own.installation, browser.caller(), {
    email: "ada@example.test",
    password: PASSWORD,
  });
  browser.keep(setCookies);
  const instance = await startInstance(own.settings);
  const agent = new Agent({ keepAlive: true, maxSockets: ASKERS, rejectUnauthorized: false });
  await firstAnswer(instance.protocolHttps, questions[0]);
  await paced(agent, instance.protocolHttps, questions, 2_000); // warm
  const looks = startLooking(instance.url, browser.caller().cookies);
  const latency = await paced(agent, instance.protocolHttps, questions, SECONDS * 2_000);
  const pages = await looks.stop();
  agent.destroy();
  await instance.stop();
  pages.sort((a, b) => a - b);
  print(
    latencyRow(`paced, while the console renders ${INVENTORY.toLocaleString("en")} certificates`, latency),
  );
  print(
    `  it rendered ${pages.length} pages of the inventory meanwhile, half of them in ${(pages[Math.floor(pages.length / 2)] ?? 0).toFixed(0)} ms`,
  );
  return latency;
}

/** @param cookie of somebody who is signed in @returns what ends it, with the milliseconds that each page took */
function startLooking(url: string, cookie: string): { stop(): Promise<number[]> } {
  const child = endsWithUs(
    spawn(process.execPath, ["bench/page-looker.ts", url, cookie], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  return {
    async stop() {
      child.kill("SIGTERM");
      const text = (await child.stdout.toArray()).join("");
      if (text === "") throw new Error("the pages of the inventory were not looked at");
      return JSON.parse(text) as number[];
    },
  };
}

async function startBare(
  own: Subject,
  headers: string[],
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const { key, cert } = await selfSignedCredential(own.installation.config, own.installation.clock.now());
  const child: ChildProcess = endsWithUs(
    spawn(process.execPath, ["bench/bare-decision.ts", key, cert, JSON.stringify(headers)], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const [first] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return {
    url: `https://127.0.0.1:${first.toString().trim()}`,
    pid: child.pid ?? 0,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
