import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodeCertId } from "#lib/x509/ocsp-cert-id.ts";
import { encodeOcspRequest } from "#lib/x509/ocsp-request-writer.ts";
import { readOcspResponse } from "#lib/x509/ocsp-response-reader.ts";
import { type Subject, subject } from "./countersign.ts";
import { type Load, load, median } from "./load.ts";
import { startOpensslResponder } from "./openssl-ocsp.ts";
import { residentMegabytes } from "./process-memory.ts";
import { threadTimes } from "./processor-time.ts";
import { endsWithUs, scratch } from "./scratch-folder.ts";
import { loadByShortConnections } from "./short-connections.ts";
import { row, verdict } from "./verdict.ts";

/** Sizes: `--quick` is for trying the benchmark itself. */
const quick = process.argv.includes("--quick");
const SECONDS = quick ? 2 : 5;
const ROUNDS = quick ? 1 : 3;
const CERTIFICATES = 64;
/** Requests with a nonce that are sent in turn; ours keeps none of the answers. */
const NONCES = 1_024;
/** Until the connections of an attack are cleared away. */
const AFTERMATH_MS = 3_000;
const HALF_OPEN = quick ? 1_000 : 5_000;

const HEADERS = { "Content-Type": "application/ocsp-request" };

/**
 * OCSP over POST: answers from memory beside the same exchange without any work, answers with a nonce, each signed
 * anew, and openssl's responder, in turns; then the same while many connections send half a request.
 */
export async function benchOcsp(print: (line: string) => void): Promise<boolean> {
  const own = await subject(`file:${join(scratch, "ocsp.sqlite")}`);
  const certIds = await issueSome(own, CERTIFICATES);
  const plain = certIds.map((certId) => encodeOcspRequest([certId], null));
  const withNonce = Array.from({ length: NONCES }, (_, index) =>
    encodeOcspRequest([certIds[index % certIds.length] ?? new Uint8Array()], randomBytes(32)),
  );
  const running = await own.start();
  const url = `${running.httpUrl}/ocsp`;
  const answer = await firstAnswer(url, plain[0] ?? new Uint8Array());
  const bare = await startBare(answer);
  const openssl = await startOpensslResponder();

  const kept = () => loadMeasured(running.pid, url, plain);
  const fresh = () => loadMeasured(running.pid, url, withNonce);
  load(url, 2, HEADERS, plain); // warm
  load(bare.url, 2, HEADERS, plain);
  const rounds: (Record<"bare" | "kept" | "fresh", MeasuredLoad> & { openssl: Load })[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      bare: loadMeasured(bare.pid, bare.url, plain),
      kept: kept(),
      fresh: fresh(),
      openssl: await loadByShortConnections(openssl.url, SECONDS, HEADERS, openssl.request),
    });
  }
  await bare.stop();
  await openssl.stop();
  const of = (what: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[what]));
  print(row("bare node:http, the same octets (limit)", of("bare")));
  print(row("openssl ocsp -port, a connection for each (peer)", of("openssl")));
  print(row("Countersign, from memory", of("kept")));
  print(row("Countersign, with a nonce, each signed", of("fresh")));
  const spent = (what: "bare" | "kept" | "fresh") =>
    Math.min(...rounds.map((round) => round[what].microseconds)).toFixed(0);
  print(
    `  processor time of an answer: bare ${spent("bare")} µs, from memory ${spent("kept")} µs, signed ${spent("fresh")} µs`,
  );

  const memory = residentMegabytes(running.pid);
  const quiet: Load[] = [];
  const attacked: Load[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    quiet.push(kept());
    const attack = await startAttack(running.httpUrl);
    attacked.push(kept());
    await attack.stop();
    await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
  }
  const more = residentMegabytes(running.pid) - memory;
  await running.stop();
  await own.installation.database.close();
  print(row("the same again", median(quiet)));
  print(row(`with ${HALF_OPEN.toLocaleString("en")} connections half open`, median(attacked)));

  return [
    verdict(
      print,
      "of the bare exchange, from memory",
      of("kept").perSecond / of("bare").perSecond,
      0.85,
      ">=",
    ),
    verdict(print, "a second with a nonce", of("fresh").perSecond, 5_000, ">="),
    verdict(
      print,
      "times openssl ocsp, from memory",
      of("kept").perSecond / of("openssl").perSecond,
      1,
      ">=",
    ),
    verdict(
      print,
      "times the p99 with half-open connections",
      median(attacked).p99Ms / median(quiet).p99Ms,
      1.5,
      "<",
    ),
    verdict(print, "more megabytes with them", more, 150, "<"),
  ].every(Boolean);
}

/** A load, with the processor time of the server for each request. */
interface MeasuredLoad extends Load {
  microseconds: number;
}

function loadMeasured(pid: number, url: string, requests: readonly Uint8Array[]): MeasuredLoad {
  const before = processorTime(pid);
  const result = load(url, SECONDS, HEADERS, requests);
  return { ...result, microseconds: (processorTime(pid) - before) / result.requests };
}

function processorTime(pid: number): number {
  return [...threadTimes(pid).values()].reduce((sum, { microseconds }) => sum + microseconds, 0);
}

/** @returns a CertID for each */
async function issueSome({ installation }: Subject, count: number): Promise<Uint8Array[]> {
  const issuer = inlineIssuer(installation);
  const key = await generateKeyPair("ecdsa-p256");
  const issued = await Promise.all(
    Array.from({ length: count }, (_, index) =>
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
  return issued.map(({ chain, serial }) => {
    const { subjectDer, spki } = parseCertificate(chain[0] ?? new Uint8Array());
    return encodeCertId({ subject: subjectDer, spki }, serial, "sha1");
  });
}

/** Waits until the responder has its certificate. */
async function firstAnswer(url: string, request: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  for (let tries = 0; tries < 100; tries++) {
    const response = await fetch(url, { method: "POST", headers: HEADERS, body: request });
    const octets = Buffer.from(await response.arrayBuffer());
    const read = readOcspResponse(octets);
    if (read.status === "successful" && read.answer.responses[0]?.status.kind === "good") return octets;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the responder does not answer");
}

async function startBare(answer: Buffer): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const { line, ...process } = await startScript("bench/bare-http.ts", answer.toString("base64"));
  return { url: `http://127.0.0.1:${line}/ocsp`, ...process };
}

function startAttack(url: string): Promise<{ stop(): Promise<void> }> {
  return startScript("bench/half-open.ts", url, String(HALF_OPEN));
}

/** Starts a process and waits for its first line. */
async function startScript(
  ...parameters: string[]
): Promise<{ line: string; pid: number; stop(): Promise<void> }> {
  const child: ChildProcess = endsWithUs(
    spawn(process.execPath, parameters, { stdio: ["ignore", "pipe", "inherit"] }),
  );
  const [first] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return {
    line: first.toString().trim(),
    pid: child.pid ?? 0,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
