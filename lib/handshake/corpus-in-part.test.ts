import { expect, test } from "vitest";
import { seededRandom } from "#e2e/crash/burst.ts";
import { PARTIAL_WORLDS, SEED } from "#e2e/fixtures/sizes.ts";
import { diagnose } from "./diagnose.ts";
import { inventoryOf } from "./inventory-in-memory.ts";
import { UNKNOWN_PROXY } from "./inventory-view.ts";
import { joined } from "./joining.ts";
import { parserOf } from "./parsers.ts";
import { corpusHandshakes, corpusInventory } from "./testdata/corpus.ts";
import { scoreOf } from "./testdata/corpus-score.ts";

const RECEIVED = Date.parse("2026-11-21T23:20:00Z");

const handshakes = corpusHandshakes();

/** How much of the certificates and CRLs is known here. */
const KNOWN = [1, 0.9, 0.6, 0.2, 0];

const IN_JSON = /^(?:ssl_client_(?:s_dn|i_dn|serial|fingerprint|v_\w+)|client_common_name|client_serial)$/;
const IN_TEXT = / (s_dn|i_dn|serial|sha1|sha256|notbefore|notafter|v_end)=("[^"]*"|\S+)/g;
const BEHIND = /\[subject: .*\]/;

/** The same line of a proxy that was told to log less of a certificate. */
function withoutSome(line: string, random: () => number): string {
  const goes = () => random() < 0.4;
  if (line.startsWith("{")) {
    return JSON.stringify(JSON.parse(line), (name, value) =>
      IN_JSON.test(name) && goes() ? undefined : value,
    );
  }
  return line
    .replace(IN_TEXT, (whole, name) => (goes() ? ` ${name}=${whole.includes('"') ? '""' : "-"}` : whole))
    .replace(BEHIND, (whole) => (goes() ? "" : whole));
}

test("where lines are lost, logs say less and little is known, what is certain is still right", () => {
  const random = seededRandom(SEED);
  const wrong: string[] = [];
  for (let world = 0; world < PARTIAL_WORLDS; world++) {
    const { certificates, crls } = corpusInventory(random() < 0.5 ? "told" : "untold");
    const known = KNOWN[Math.floor(random() * KNOWN.length)] ?? 1;
    const inventory = inventoryOf(
      certificates.filter(() => random() < known),
      crls.filter(() => random() < known),
    );
    for (const row of handshakes) {
      const lines = row.lines
        .filter(() => random() < 0.8)
        .map((line) => (random() < 0.5 ? withoutSome(line, random) : line));
      const observed = lines.flatMap((line) => {
        const parsed = parserOf(row.proxy)(line, { receivedAt: RECEIVED });
        return parsed.kind === "observation" ? [parsed.observation] : [];
      });
      for (const handshake of joined(observed)) {
        const diagnosis = diagnose(handshake, inventory, UNKNOWN_PROXY);
        // Lines of a request that went through are left of one that was refused, too.
        if (diagnosis.cause === "none" || scoreOf([{ row, diagnosis }]).certainAndWrong === 0) continue;
        wrong.push(`${row.proxy} ${row.scenario}: ${diagnosis.cause}, of ${lines.join("\n")}`);
      }
    }
  }
  // Repeat with COUNTERSIGN_SEED.
  expect([SEED, wrong]).toEqual([SEED, []]);
});
