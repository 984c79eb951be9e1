import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startCluster } from "#e2e/fixtures/postgresql-cluster.ts";
import { selfSignedCredential } from "#lib/authority/self-signed-credential.ts";
import { startCfssl } from "./cfssl.ts";
import { type Subject, subject } from "./countersign.ts";
import { fillCertificates } from "./fill.ts";
import { type Load, load, median } from "./load.ts";
import { spentPerPiece, threadTimes } from "./processor-time.ts";
import { endsWithUs, scratch } from "./scratch-folder.ts";
import { signingRequests } from "./signing-requests.ts";
import { row, verdict } from "./verdict.ts";

/** Sizes: `--quick` is for trying the benchmark itself. */
const quick = process.argv.includes("--quick");
const SECONDS = quick ? 2 : 8;
const ROUNDS = quick ? 1 : 3;
const STORED = quick ? 20_000 : 1_000_000;

/**
 * Stored issuance: a P-256 signing request in, a certificate out, committed with synchronous=FULL;
 * beside cfssl with its SQLite store and beside the same exchange without any work, in turns.
 */
export async function benchIssuance(print: (line: string) => void): Promise<boolean> {
  const requests = signingRequests(64);
  const cfssl = await startCfssl();
  const own = await subject(`file:${join(scratch, "bench.sqlite")}`);
  const peer = () =>
    load(
      `${cfssl.url}/api/v1/cfssl/sign`,
      SECONDS,
      { "Content-Type": "application/json" },
      requests.map((csr) => JSON.stringify({ certificate_request: csr })),
    );

  const running = await own.start();
  const bare = await startBare(own);
  const ours = () => issue(running.url, own.token, requests);
  load(`${running.url}/v1/certificates?profile=server`, 2, headersOf(own.token), requests); // warm
  const rounds: { bare: Load; cfssl: Load; own: Load }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ bare: issue(bare.url, own.token, requests), cfssl: peer(), own: ours() });
  }
  const before = threadTimes(running.pid);
  const profiled = ours();
  const spent = spentPerPiece(before, threadTimes(running.pid), profiled.requests);
  await bare.stop();
  await running.stop();
  const result = {
    bare: median(rounds.map((round) => round.bare)),
    cfssl: median(rounds.map((round) => round.cfssl)),
    own: median(rounds.map((round) => round.own)),
  };
  print(row("the same https exchange, no work (limit)", result.bare));
  print(row("cfssl, https, SQLite store (peer)", result.cfssl));
  print(row("Countersign, https, token, SQLite synchronous=FULL", result.own));

  print("  processor time per certificate of ours, in the same run:");
  for (const line of spent) print(line);

  await fillCertificates(own.installation, STORED);
  const filled = await own.start();
  load(`${filled.url}/v1/certificates?profile=server`, 2, headersOf(own.token), requests); // warm
  const full = median(Array.from({ length: ROUNDS }, () => issue(filled.url, own.token, requests)));
  await filled.stop();
  print(row(`the same with ${STORED.toLocaleString("en")} certificates stored`, full));
  const again = peer();
  print(row("cfssl again, after all that", again));
  await cfssl.stop();
  await own.installation.database.close();

  const cluster = await startCluster();
  try {
    const url = new URL(cluster.adminUrl);
    const shared = await subject(url.href);
    const process = await shared.start();
    load(`${process.url}/v1/certificates?profile=server`, 2, headersOf(shared.token), requests); // warm
    print(
      row(
        "Countersign, https, token, PostgreSQL",
        median(Array.from({ length: ROUNDS }, () => issue(process.url, shared.token, requests))),
      ),
    );
    await process.stop();
    await shared.installation.database.close();
  } finally {
    cluster.stop();
  }

  return [
    verdict(print, "times cfssl with its store", result.own.perSecond / result.cfssl.perSecond, 5, ">="),
    verdict(print, "p99 in ms at 32 clients", result.own.p99Ms, 70, "<"),
    verdict(print, "of that rate with everything stored", full.perSecond / result.own.perSecond, 0.7, ">="),
  ].every(Boolean);
}

const headersOf = (token: string) => ({
  "Content-Type": "application/pkcs10",
  Authorization: `Bearer ${token}`,
});

function issue(url: string, token: string, requests: readonly string[]): Load {
  return load(`${url}/v1/certificates?profile=server`, SECONDS, headersOf(token), requests);
}

/** Answers as many bytes as an issuance does. */
const ANSWER_BYTES = 2_600;

async function startBare(own: Subject): Promise<{ url: string; stop(): Promise<void> }> {
  const { key, cert } = await selfSignedCredential(own.installation.config, own.installation.clock.now());
  const child: ChildProcess = endsWithUs(
    spawn(process.execPath, ["bench/bare-https.ts", key, cert, String(ANSWER_BYTES)], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const [first] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return {
    url: `https://127.0.0.1:${first.toString().trim()}`,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
