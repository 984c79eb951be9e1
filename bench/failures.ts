import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { failureChart } from "#lib/handshake/failure-chart.ts";
import { countFailures, listFailures } from "#lib/handshake/failure-list.ts";
import { getFailure, listEvents } from "#lib/handshake/failure-read.ts";
import type { Installation } from "#lib/installation.ts";
import { type NewDatabase, onBothDatabases } from "./both-databases.ts";
import { subject } from "./countersign.ts";
import { fillFailures } from "./failure-fill.ts";
import { verdict } from "./verdict.ts";

/** Sizes: `--quick` is for trying the benchmark itself. */
const quick = process.argv.includes("--quick");
const FEW = { events: 10_000, failures: 50 };
const MANY = quick ? { events: 200_000, failures: 5_000 } : { events: 10_000_000, failures: 5_000 };
const REQUESTS = quick ? 10 : 40;
const WARMING = 5;

const P95_MS = 200;

const ADMIN: UserActor = { kind: "user", id: "bench", name: "bench", role: "admin" };
const DAY_MS = 86_400_000;
const PLACES = 8;

type Print = (line: string) => void;
interface Latency {
  p50Ms: number;
  p95Ms: number;
}

/** What a person does while something fails; the number makes each question a little different. */
type Question = (installation: Installation, number: number) => Promise<unknown>;

const page = (filter: Parameters<typeof listFailures>[2]) => (installation: Installation) =>
  listFailures(installation, ADMIN, filter);

const span = (days: number, more: object = {}) => {
  const to = new Date();
  return { from: new Date(to.getTime() - days * DAY_MS), to, ...more };
};

const QUESTIONS: Record<string, Question> = {
  "open ones, worst first": page({}),
  "of every state, 100 on a page": page({ state: "all", limit: 100 }),
  resolved: page({ state: "resolved" }),
  "of a client": (own, number) => page({ client: `client-${number * 3}`, state: "all" })(own),
  "of a service": (own, number) => page({ service: `s${number % PLACES}` })(own),
  "of a proxy and a cause": (own, number) =>
    page({ proxy: `p${number % PLACES}`, cause: "client-certificate-expired" })(own),
  "of a certainty": page({ certainty: "one-of" }),
  "by a certificate that nobody has": page({ certificate: "none" }),
  "by words": (own, number) => page({ text: `visitor-${number} example` })(own),
  "the tenth page": async (own) => page({ after: await tenthPage(own) })(own),
  "how many are open": (own) => countFailures(own, ADMIN),
  "one of them": (own, number) => getFailure(own, ADMIN, failure(number)),
  "its events": (own, number) => listEvents(own, ADMIN, failure(number)),
  "chart of a day": (own) => failureChart(own, ADMIN, span(1)),
  "chart of a week, of a service": (own, number) =>
    failureChart(own, ADMIN, span(7, { service: `s${number % PLACES}` })),
  "chart of ninety days": (own) => failureChart(own, ADMIN, span(90)),
};

const failure = (number: number) => `failure${String(number).padStart(10, "0")}`;

const cursors = new WeakMap<Installation, Promise<string | undefined>>();

/** Where it begins: looked for once, when it is warmed. */
function tenthPage(own: Installation): Promise<string | undefined> {
  const known = cursors.get(own);
  if (known !== undefined) return known;
  const cursor = (async () => {
    let after: string | undefined;
    for (let turned = 0; turned < 9; turned++) {
      after = (await listFailures(own, ADMIN, { after })).next ?? undefined;
    }
    return after;
  })();
  cursors.set(own, cursor);
  return cursor;
}

/** Failures of ten million events, one question at a time: each kind of list, filter and chart. */
export async function benchFailures(print: Print): Promise<boolean> {
  return onBothDatabases((name, newDatabase) => benchDatabase(print, name, newDatabase));
}

async function benchDatabase(print: Print, name: string, newDatabase: NewDatabase): Promise<boolean> {
  const few = await filled(await newDatabase(), FEW);
  const many = await filled(await newDatabase(), MANY);
  print(
    `  ${name}: ${MANY.events.toLocaleString("en")} events filled in ${many.seconds.toFixed(0)} s; beside, with ${FEW.events.toLocaleString("en")}`,
  );
  const atFew = await latencies(few.installation);
  const atMany = await latencies(many.installation);
  for (const [question, { p50Ms, p95Ms }] of atMany) {
    const beside = atFew.get(question);
    print(
      `    ${question.padEnd(40)} ${milliseconds(p50Ms)} ${milliseconds(p95Ms)}   (${milliseconds(beside?.p50Ms)} ${milliseconds(beside?.p95Ms)})`,
    );
  }
  for (const { installation } of [few, many]) await installation.database.close();
  const slowest = Math.max(...[...atMany.values()].map(({ p95Ms }) => p95Ms));
  return verdict(print, `${name}: p95 in ms of the slowest question`, slowest, P95_MS, "<");
}

async function filled(
  url: string,
  size: { events: number; failures: number },
): Promise<{ installation: Installation; seconds: number }> {
  const { installation } = await subject(url);
  const services: string[] = [];
  const proxies: string[] = [];
  for (let place = 0; place < PLACES; place++) {
    services.push(
      await createService(installation, ADMIN, {
        slug: `s${place}`,
        name: `Service ${place}`,
        hostNames: [],
      }),
    );
    const { id } = await createProxy(installation, ADMIN, {
      ...{ slug: `p${place}`, name: `Proxy ${place}`, kind: "nginx", header: "client-cert", services },
    });
    proxies.push(id);
  }
  const began = performance.now();
  await fillFailures(installation, { ...size, services, proxies });
  return { installation, seconds: (performance.now() - began) / 1_000 };
}

async function latencies(installation: Installation): Promise<Map<string, Latency>> {
  const found = new Map<string, Latency>();
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const times: number[] = [];
    for (let number = 0; number < WARMING + REQUESTS; number++) {
      const began = performance.now();
      await question(installation, number);
      if (number >= WARMING) times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    const share = (part: number) => times[Math.floor((times.length - 1) * part)] ?? 0;
    found.set(name, { p50Ms: share(0.5), p95Ms: share(0.95) });
  }
  return found;
}

const milliseconds = (value = 0) => `${value.toFixed(1).padStart(7)} ms`;
