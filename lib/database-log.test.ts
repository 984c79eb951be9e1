import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-log-"));
  file = join(folder, "countersign.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Opens the database as often as it is told the moment, and says what became of it. */
const OPENING = `
  const { parentPort, workerData } = require("node:worker_threads");
  const ready = import(workerData.module);
  parentPort.on("message", async (moment) => {
    const { openDriver } = await ready;
    while (Date.now() < moment);
    try {
      const connection = await openDriver({ provider: "sqlite", file: workerData.file });
      const rows = await connection.all('SELECT COUNT(*) AS "count" FROM "Place"');
      await connection.close();
      parentPort.postMessage(rows[0].count);
    } catch (error) {
      parentPort.postMessage(String(error));
    }
  });
  ready.then(() => parentPort.postMessage("ready"));`;

test("several that open a database without a log at the same moment all get it", async () => {
  const workerData = { file, module: new URL("./driver.ts", import.meta.url).href };
  const workers = Array.from({ length: 4 }, () => new Worker(OPENING, { eval: true, workerData }));
  const answer = (worker: Worker) => new Promise((resolve) => worker.once("message", resolve));
  try {
    await Promise.all(workers.map(answer));
    const database = new Sqlite(file);
    database.exec('CREATE TABLE "Place" ("id" INTEGER)');
    database.close();
    for (let round = 0; round < 40; round++) {
      const connection = new Sqlite(file);
      connection.pragma("journal_mode = DELETE");
      connection.close();
      const answers = workers.map(answer);
      const moment = Date.now() + 5;
      for (const worker of workers) worker.postMessage(moment);
      expect(await Promise.all(answers)).toEqual([0, 0, 0, 0]);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});
