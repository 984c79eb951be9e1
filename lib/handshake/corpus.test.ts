import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SEED } from "#e2e/fixtures/sizes.ts";
import { diagnose } from "./diagnose.ts";
import { inventoryOf } from "./inventory-in-memory.ts";
import { type InventoryView, UNKNOWN_PROXY } from "./inventory-view.ts";
import { joined } from "./joining.ts";
import type { LineParser } from "./observation.ts";
import type { ObservedLine } from "./parse-lines.ts";
import { parseApache } from "./parser/apache.ts";
import { parseCaddy } from "./parser/caddy.ts";
import { parseHaproxy } from "./parser/haproxy.ts";
import { parseNginx } from "./parser/nginx.ts";
import { sortedHandshake } from "./sorted-handshake.ts";
import { type CorpusRow, corpusHandshakes, corpusInventory, corpusRows } from "./testdata/corpus.ts";
import { type Judged, type Score, scoreOf, scoreTable } from "./testdata/corpus-score.ts";
import { replacement } from "./testdata/replacement.ts";

const PARSERS: Record<CorpusRow["proxy"], LineParser> = {
  nginx: parseNginx,
  haproxy: parseHaproxy,
  apache: parseApache,
  caddy: parseCaddy,
};

/** Shortly after the last handshake. */
const RECEIVED = Date.parse("2026-11-21T23:20:00Z");

const rows = corpusRows();
const handshakes = corpusHandshakes();

function observed({ proxy, lines }: CorpusRow, receivedAt: number): ObservedLine[] {
  return lines.flatMap((text) => {
    const parsed = PARSERS[proxy](text, { receivedAt });
    return parsed.kind === "observation" ? [{ ...parsed.observation, text }] : [];
  });
}

function judge(all: readonly CorpusRow[], inventory: InventoryView, receivedAt = RECEIVED): Judged[] {
  return all.map((row) => {
    const observations = observed(row, receivedAt);
    const facts = { ...UNKNOWN_PROXY, version: row.version };
    const diagnoses = joined(observations).map((handshake) => diagnose(handshake, inventory, facts));
    // At default levels nothing tells that lines of two logs are of one handshake.
    return { row, diagnosis: diagnoses.find(({ cause }) => cause !== "none") ?? diagnoses[0] ?? null };
  });
}

const { certificates, crls } = corpusInventory("told");
const told = inventoryOf(certificates, crls);
const of = (judged: readonly Judged[], format: CorpusRow["format"], outcome: CorpusRow["outcome"]) =>
  judged.filter(({ row }) => row.format === format && row.outcome === outcome);

describe("handshakes of nginx, HAProxy, Apache and Caddy that really were refused", () => {
  const judged = judge(handshakes, told);

  test("at the recommended level the cause is nearly always the first named or among three, and mostly certain", () => {
    expectGood(scoreOf(of(judged, "recommended", "rejected")));
  });

  test("are never diagnosed with certainty and wrongly, whichever of the two logs there is", () => {
    expect(wrong(judged)).toEqual([]);
    expect(wrong(judge(rows, told))).toEqual([]);
  });

  test("at the default level name the directive that is missing, wherever the cause is hidden", () => {
    const { hidden, directiveNamed } = scoreOf(of(judged, "default", "rejected"));
    expect(directiveNamed).toBe(hidden);
  });

  test("those that went through have nothing wrong, but for revoked certificates that were let in", () => {
    for (const format of ["default", "recommended"] as const) {
      const { handshakes: count, first } = scoreOf(of(judged, format, "accepted"));
      expect(first).toBe(count);
    }
  });

  test("fare the same in another world: nothing here knows these", () => {
    const world = replacement(certificates, crls, SEED);
    const others = handshakes.map((row) => ({ ...row, lines: row.lines.map(world.line) }));
    const inventory = inventoryOf(world.certificates, world.crls);
    const again = judge(others, inventory, world.moved(RECEIVED));
    const differing = again.filter(
      ({ diagnosis }, index) =>
        JSON.stringify(outcomeOf(diagnosis)) !== JSON.stringify(outcomeOf(judged[index]?.diagnosis)),
    );
    // Repeat with COUNTERSIGN_SEED.
    expect(differing.map(({ row }) => [SEED, row.proxy, row.scenario, row.lines])).toEqual([]);
    expectGood(scoreOf(of(again, "recommended", "rejected")));
  });

  test("are as well diagnosed, if less certainly, when nobody said which roots the proxies trust", () => {
    const untold = corpusInventory("untold");
    const again = judge(handshakes, inventoryOf(untold.certificates, untold.crls));
    expect(wrong(again)).toEqual([]);
    expectGood(scoreOf(of(again, "recommended", "rejected")));
  });

  test("become failures, and show that others are over, as they went", () => {
    const wrongly = handshakes.flatMap((row) => {
      const lines = observed(row, RECEIVED);
      const sorted = joined(lines).map((each) =>
        sortedHandshake(each, diagnose(each, told, UNKNOWN_PROXY), told, []),
      );
      const failed = sorted.flatMap(({ failed: one }) => one?.diagnosis.cause ?? []);
      const isOver = sorted.some(({ succeeded }) => succeeded !== undefined);
      const isRight =
        row.outcome === "rejected"
          ? failed.length > 0 && !isOver
          : failed.every((cause) => cause === "revocation-not-checked");
      return isRight || lines.length === 0 ? [] : [`${row.proxy} ${row.format} ${row.scenario}`];
    });
    // All that these logs have is that a handshake began; a client left it without a word, or was no TLS at all.
    expect([...new Set(wrongly)].sort()).toEqual([
      "apache default plain_http_to_tls_port",
      "apache recommended client_rejects_server_hostname_curl",
      "caddy recommended client_rejects_server_expired_node",
      "caddy recommended client_rejects_server_hostname_curl",
      "caddy recommended client_rejects_server_hostname_node",
      "caddy recommended client_rejects_server_unknown_ca_node",
    ]);
  });

  test("score as the README of the room says", () => {
    const table = scoreTable(judged);
    process.stdout.write(`${table}\n`);
    const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
    // When a figure has changed for the better: put the table that is printed into the README.
    expect(/<!-- score -->\n([\s\S]*?)\n<!-- \/score -->/.exec(readme)?.[1]).toBe(table);
  });
});

/** What issue and README promise. */
function expectGood({ handshakes: count, first, amongThree, certain, certainAndWrong }: Score): void {
  expect(certainAndWrong).toBe(0);
  expect(amongThree / count).toBeGreaterThanOrEqual(0.97);
  expect(first / count).toBeGreaterThanOrEqual(0.9);
  expect(certain / count).toBeGreaterThanOrEqual(0.6);
}

function wrong(judged: readonly Judged[]): string[] {
  return judged
    .filter((each) => scoreOf([each]).certainAndWrong > 0)
    .map(({ row, diagnosis }) => `${row.proxy} ${row.format} ${row.scenario}: ${diagnosis?.cause}`);
}

function outcomeOf(diagnosis: Judged["diagnosis"] | undefined) {
  return [diagnosis?.cause, diagnosis?.certainty, diagnosis?.candidates, diagnosis?.action.code];
}
