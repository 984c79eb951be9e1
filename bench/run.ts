import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { benchCrl } from "./crl.ts";
import { benchDecision } from "./decision.ts";
import { benchFailures } from "./failures.ts";
import { benchIngest } from "./ingest.ts";
import { benchInventory } from "./inventory.ts";
import { benchIssuance } from "./issuance.ts";
import { benchOcsp } from "./ocsp.ts";

/**
 * `npm run bench`: what design §8 names, each beside a limit or a peer in the same run, because
 * machines differ by a factor of two from hour to hour. Needs wrk, and cfssl for the peer.
 */
const print = (line: string) => process.stdout.write(`${line}\n`);

for (const tool of ["wrk", "cfssl", "openssl"]) {
  try {
    execFileSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" });
  } catch {
    print(
      `The benchmarks need ${tool}: install Debian's package ${tool === "cfssl" ? "golang-cfssl" : tool}.`,
    );
    process.exit(1);
  }
}

print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}`);
print("Stored issuance, 32 clients, wrk on the same machine:");
const reached = [await benchIssuance(print)];
print("Inventory, one request at a time over https: p50 and p95 (beside, with 1,000 certificates):");
reached.push(await benchInventory(print));
print("OCSP over http, 32 clients, wrk on the same machine:");
reached.push(await benchOcsp(print));
print("Decisions about clients over https, 32 connections, wrk on the same machine:");
reached.push(await benchDecision(print));
print("Log lines of four proxies, parsed, diagnosed and stored:");
reached.push(await benchIngest(print));
print("Failures of ten million events, one question at a time, p50 and p95:");
reached.push(await benchFailures(print));
print("A CRL of a million entries, built while others are answered:");
reached.push(await benchCrl(print));
process.exit(reached.every(Boolean) ? 0 : 1);
