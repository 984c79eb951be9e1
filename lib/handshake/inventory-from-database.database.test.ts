import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { DomainError } from "#lib/errors.ts";
import { importCertificates } from "#lib/inventory/import-certificates.ts";
import { decodePem } from "#lib/x509/pem.ts";
import { diagnose } from "./diagnose.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { inventoryFromDatabase } from "./inventory-from-database.ts";
import { certificatesOfPem, inventoryOf } from "./inventory-in-memory.ts";
import { type InventoryView, UNKNOWN_PROXY } from "./inventory-view.ts";
import { joined } from "./joining.ts";
import type { Observation } from "./observation.ts";
import { parserOf } from "./parsers.ts";
import { type CorpusRow, corpusInventory, corpusRows } from "./testdata/corpus.ts";
import { type Judged, scoreOf } from "./testdata/corpus-score.ts";

const RECEIVED = Date.parse("2026-11-21T23:20:00Z");
const file = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url));

let here: TestInstallation;
let handshakes: { row: CorpusRow; observations: readonly (readonly Observation[])[] }[];

beforeAll(async () => {
  here = await testInstallation();
  const actor = testActor("admin");
  const pem = Buffer.concat([file("certificates.pem"), file("trusted-roots.pem")]);
  const { status } = await importCertificates(here, actor, {
    ...{ fileName: "all.pem", password: null, declaredBytes: null, source: parts(pem) },
  });
  expect(status).toBe("done");
  for (const { der } of decodePem(file("crls.pem").toString(), { field: "crl", allowComments: true })) {
    try {
      await uploadCrl(here, actor, { declaredBytes: null, content: parts(der) });
    } catch (error) {
      // An older one than is there already.
      if (!(error instanceof DomainError && error.code === "conflict")) throw error;
    }
  }
  const groups = Map.groupBy(corpusRows(), ({ proxy, format, scenario, tls }) =>
    [proxy, format, scenario, tls].join(),
  );
  handshakes = [...groups.values()].flatMap((rows) => {
    const [row] = rows;
    if (row === undefined) return [];
    const observations = rows.flatMap(({ proxy, lines }) =>
      lines.flatMap((line) => {
        const parsed = parserOf(proxy)(line, { receivedAt: RECEIVED });
        return parsed.kind === "observation" ? [parsed.observation] : [];
      }),
    );
    return [{ row, observations: joined(observations) }];
  });
}, 120_000);
afterAll(() => here.close());

async function* parts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function judge({ row, observations }: (typeof handshakes)[number], view: InventoryView): Judged {
  const facts = { ...UNKNOWN_PROXY, version: row.version };
  const diagnoses = observations.map((each) => diagnose(each, view, facts));
  return { row, diagnosis: diagnoses.find(({ cause }) => cause !== "none") ?? diagnoses[0] ?? null };
}

const outcomeOf = (diagnosis: Diagnosis | null) =>
  JSON.stringify([diagnosis?.cause, diagnosis?.certainty, diagnosis?.candidates, diagnosis?.action.code]);

function expectSame(found: readonly Judged[], wanted: readonly Judged[]): void {
  const differing = found.flatMap(({ row, diagnosis }, index) => {
    const [one, other] = [outcomeOf(diagnosis), outcomeOf(wanted[index]?.diagnosis ?? null)];
    return one === other ? [] : [`${row.proxy} ${row.format} ${row.scenario}: ${one}, not ${other}`];
  });
  expect(differing).toEqual([]);
}

describe("with certificates and CRLs in the database, a diagnosis is the same as with all of them at hand", () => {
  test("when nobody said what proxies trust", async () => {
    const { certificates, crls } = corpusInventory("untold");
    const inMemory = inventoryOf(certificates, crls);
    const all = handshakes.flatMap(({ observations }) => observations.flat());
    const { view } = await inventoryFromDatabase(here.database, all, null, RECEIVED);
    const found = handshakes.map((each) => judge(each, view));
    expectSame(
      found,
      handshakes.map((each) => judge(each, inMemory)),
    );
    expect(scoreOf(found).certainAndWrong).toBe(0);
  });

  test("when it was said, and asked for one handshake alone", async () => {
    const { certificates, crls } = corpusInventory("told");
    const inMemory = inventoryOf(certificates, crls);
    const roots = certificatesOfPem(file("trusted-roots.pem").toString(), null);
    const trusted = new Set(roots.map(({ sha256 }) => sha256));
    const found: Judged[] = [];
    for (const each of handshakes) {
      const { view } = await inventoryFromDatabase(
        here.database,
        each.observations.flat(),
        trusted,
        RECEIVED,
      );
      found.push(judge(each, view));
    }
    expectSame(
      found,
      handshakes.map((each) => judge(each, inMemory)),
    );
  }, 120_000);
});
