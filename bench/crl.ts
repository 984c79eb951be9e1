import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:https";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fillRevocations } from "#e2e/fixtures/many-revocations.ts";
import { crlHealth } from "#lib/authority/crl-health.ts";
import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { onBothDatabases } from "./both-databases.ts";
import { type Subject, subject } from "./countersign.ts";
import { residentMegabytes } from "./process-memory.ts";
import { processSeconds } from "./processor-time.ts";
import { endsWithUs, scratch } from "./scratch-folder.ts";

/** Sizes: `--quick` is for trying the benchmark itself. */
const ENTRIES = process.argv.includes("--quick") ? 50_000 : 1_000_000;
const SLUG = "bench-server-ca";

const SECONDS = 4;
/** A process that builds may hold 250 MB, of which a bare one takes 85 without any of our work. */
const MORE_MEGABYTES = 250 - 85;
const STALL_MS = 20;

/** For so long the plane is watched while it has nothing to do. */
const IDLE_MS = 4_000;

type Print = (line: string) => void;

interface Build {
  seconds: number;
  /** Processor time of the plane meanwhile, in seconds: what it takes however busy the machine is. */
  spent: number;
  /** Before, and at most while it builds. */
  idleMb: number;
  peakMb: number;
  /** The slowest answer of /healthz meanwhile, and of the time before. */
  stallMs: number;
  idleStallMs: number;
}

/**
 * A CRL of a million entries, published by the protocol plane because something changed: how long that takes until
 * it is in force, how much memory the plane then holds, and how long others wait. Beside it `openssl ca -gencrl`.
 */
export async function benchCrl(print: Print): Promise<boolean> {
  const reached = await onBothDatabases(async (name, newDatabase) =>
    benchDatabase(print, name, await newDatabase()),
  );
  const peer = await openssl();
  print(`    openssl ca -gencrl: ${peer.seconds.toFixed(1)} s, ${peer.peakMb.toFixed(0)} MB`);
  return reached;
}

async function benchDatabase(print: Print, name: string, databaseUrl: string): Promise<boolean> {
  const own = await subject(databaseUrl);
  await publishDueCrls(own.installation);
  const { authorityId } = await healthOf(own);
  await fillRevocations(own.installation.config.database, authorityId, ENTRIES, own.installation.clock.now());
  const plane = await own.start();
  try {
    const { seconds, spent, idleMb, peakMb, stallMs, idleStallMs } = await build(own, plane);
    const { entries, size } = await healthOf(own);
    if (entries !== ENTRIES) throw new Error(`the list has ${entries} entries`);
    print(`    ${name}: ${entries.toLocaleString("en")} entries, ${(size / 1e6).toFixed(1)} MB`);
    print(`    ${name}: ${spent.toFixed(1)} s of processor time`);
    const began = performance.now();
    const body = await fetched(plane.url, `/crl/${SLUG}.crl`, new Agent({ rejectUnauthorized: false }));
    if (readCrl(body).number === null) throw new Error("what was fetched is no CRL of ours");
    print(`    ${name}: first fetched in ${(performance.now() - began).toFixed(0)} ms`);
    print(
      `    ${name}: the protocol plane holds ${idleMb.toFixed(0)} MB before, at most ${peakMb.toFixed(0)} MB`,
    );
    print(`    ${name}: slowest answer while there is nothing to do: ${idleStallMs.toFixed(1)} ms`);
    return [
      verdict(print, `${name}: seconds from the change to the list in force`, seconds, SECONDS),
      verdict(print, `${name}: MB more than before`, peakMb - idleMb, MORE_MEGABYTES),
      verdict(print, `${name}: slowest answer of others meanwhile, in ms`, stallMs, STALL_MS),
    ].every(Boolean);
  } finally {
    await plane.stop();
    await own.installation.database.close();
  }
}

async function healthOf({ installation }: Subject) {
  const health = (await crlHealth(installation)).find(({ slug }) => slug === SLUG);
  if (health === undefined) throw new Error(`there is no ${SLUG}`);
  return health;
}

/** Lets a change wait, as a revocation does, and watches the plane until its list is in force. */
async function build(own: Subject, plane: { url: string; pid: number }): Promise<Build> {
  const watched = watch(plane.url);
  await pause(IDLE_MS);
  const idleStallMs = watched.slowest();
  const { number: before } = await healthOf(own);
  const idleMb = residentMegabytes(plane.pid);
  let peakMb = idleMb;
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, residentMegabytes(plane.pid));
  }, 10);
  const spentBefore = processSeconds(plane.pid);
  const began = performance.now();
  await own.installation.database.write(async (transaction) => {
    const pendingSince = own.installation.clock.now();
    await transaction.crlPublication.updateMany({
      where: { authority: { slug: SLUG } },
      data: { pendingSince, changes: { increment: 1 } },
    });
  });
  while ((await healthOf(own)).number === before) await pause(10);
  const seconds = (performance.now() - began) / 1000;
  const spent = processSeconds(plane.pid) - spentBefore;
  const stallMs = watched.slowest();
  clearInterval(sampling);
  watched.stop();
  return { seconds, spent, idleMb, peakMb, stallMs, idleStallMs };
}

/** Asks for /healthz all the time, one request after the other. */
function watch(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  let slowest = 0;
  let stopped = false;
  const round = async () => {
    await fetched(url, "/healthz", agent);
    while (!stopped) {
      const began = performance.now();
      await fetched(url, "/healthz", agent);
      slowest = Math.max(slowest, performance.now() - began);
      await pause(1);
    }
    agent.destroy();
  };
  void round();
  return {
    /** In milliseconds, since it was asked for last. */
    slowest() {
      const value = slowest;
      slowest = 0;
      return value;
    },
    stop() {
      stopped = true;
    },
  };
}

function fetched(url: string, path: string, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(`${url}${path}`, { agent }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        response.statusCode === 200
          ? resolve(Buffer.concat(parts))
          : reject(new Error(`${response.statusCode} for ${path}`)),
      );
      response.on("error", reject);
    }).on("error", reject);
  });
}

const CONFIGURATION = `[ca]
default_ca = peer
[peer]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 3
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
x509_extensions = own
[own]
subjectKeyIdentifier = hash
[name]
`;

/** The same number of entries by openssl, from its own database in a text file. */
async function openssl(): Promise<{ seconds: number; peakMb: number }> {
  const folder = join(scratch, "openssl");
  mkdirSync(folder);
  writeFileSync(join(folder, "ca.cnf"), CONFIGURATION);
  writeFileSync(join(folder, "crlnumber"), "01\n");
  const index = createWriteStream(join(folder, "index.txt"));
  for (let n = 0; n < ENTRIES; n++) {
    const serial = `5E${randomBytes(15).toString("hex").toUpperCase()}`;
    const line = `R\t361231235959Z\t261101120000Z,superseded\t${serial}\tunknown\t/CN=client-${n}\n`;
    if (!index.write(line)) await once(index, "drain");
  }
  index.end();
  await finished(index);
  await run(folder, [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out ca.pem".split(" "),
    ..."-subj /CN=Peer -days 30 -config ca.cnf".split(" "),
  ]);
  const began = performance.now();
  const peakMb = await run(
    folder,
    "ca -config ca.cnf -gencrl -keyfile key.pem -cert ca.pem -out list.pem".split(" "),
  );
  const seconds = (performance.now() - began) / 1000;
  rmSync(folder, { recursive: true });
  return { seconds, peakMb };
}

/** @returns its peak memory in MB */
async function run(folder: string, parameters: string[]): Promise<number> {
  const child = endsWithUs(spawn("openssl", parameters, { cwd: folder, stdio: "ignore" }));
  let peakMb = 0;
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, residentMegabytes(child.pid ?? 0));
  }, 10);
  const [code] = await once(child, "exit");
  clearInterval(sampling);
  if (code !== 0) throw new Error(`openssl ${parameters[0]} failed`);
  return peakMb;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function verdict(print: Print, what: string, value: number, bound: number): boolean {
  const reached = value < bound;
  print(`  ${reached ? "reached" : "MISSED "}  ${what}: ${value.toFixed(2)} (must be < ${bound})`);
  return reached;
}
