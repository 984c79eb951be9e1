import Sqlite from "better-sqlite3";
import pg from "pg";
import { CAUSES } from "#lib/handshake/causes.ts";
import { rankOf } from "#lib/handshake/heat.ts";
import type { Installation } from "#lib/installation.ts";

/** What stands in an installation after a quarter of a year of failures. */
export interface FailureSize {
  events: number;
  failures: number;
  /** Ids that these are of in turn. */
  proxies: readonly string[];
  services: readonly string[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SPAN_MS = 90 * DAY_MS;

/** Of the failures so many are of clients of ours; of the others each has a name of its own. */
const CLIENTS = 500;

const EVENT_COLUMNS =
  '"id", "failureId", "at", "receivedAt", "proxyId", "serviceId", "clientId", "presentedName", "certificateId", "cause", "certainty", "candidates", "direction", "tls", "peer", "lines"';

const LINE =
  "[info] 1905#1905: client SSL certificate verify error: (10:certificate has expired) while reading client request headers, client: 192.0.2.9, server: api.example.test";

/**
 * Fills an installation with failures, their events of the last ninety days, and counts of both that agree with each
 * other. Events are made by the database itself, and indexes afterwards.
 */
export async function fillFailures({ config }: Installation, size: FailureSize): Promise<void> {
  const now = Date.now();
  const writer =
    config.database.provider === "sqlite"
      ? sqlite(config.database.file)
      : await postgresql(config.database.url);
  await writer.run(`DELETE FROM "EventStock"`);
  await writer.insert(
    `INSERT INTO "Failure" ("id", "key", "proxyId", "serviceId", "clientId", "presentedName", "cause", "direction", "certainty",
       "candidates", "certificateId", "diagnosis", "addresses", "firstSeenAt", "lastSeenAt", "count", "heat", "rank", "state",
       "stateSince", "stateBy", "regressions", "version")`,
    failures(size, now),
    new Set(["firstSeenAt", "lastSeenAt", "stateSince"].map((name) => FAILURE_TIMES.indexOf(name))),
  );
  await writer.events(size, now);
  await writer.finish();
}

const FAILURE_TIMES = [
  ...["id", "key", "proxyId", "serviceId", "clientId", "presentedName", "cause", "direction", "certainty"],
  ...["candidates", "certificateId", "diagnosis", "addresses", "firstSeenAt", "lastSeenAt"],
  ...["count", "heat", "rank", "state", "stateSince"],
];

type Value = string | number | null;

/** The id of the failure with that number. */
const failureId = (number: number) => `failure${String(number).padStart(10, "0")}`;

function* failures(
  { events, failures: count, proxies, services }: FailureSize,
  now: number,
): Generator<Value[]> {
  const causes = Object.keys(CAUSES).filter((cause) => cause !== "none") as (keyof typeof CAUSES)[];
  const each = Math.round(events / count);
  for (let number = 0; number < count; number++) {
    const clientId = number % 3 === 0 ? `client-${number % CLIENTS}` : "";
    const cause = causes[number % causes.length] ?? "unknown";
    const state = number % 10 === 0 ? "muted" : number % 4 === 3 ? "resolved" : "open";
    const heat = (now - (number % 72) * HOUR_MS) / HOUR_MS + Math.log2(each);
    yield [
      ...[failureId(number), `key ${number}`, proxies[number % proxies.length] ?? ""],
      ...[services[number % services.length] ?? "", clientId, `CN=visitor-${number}.example.test`, cause],
      ...["inbound", number % 2 === 0 ? "certain" : "one-of", JSON.stringify([cause]), null],
      JSON.stringify({
        ...{
          evidence: [{ from: "line", text: LINE }],
          acts: "client",
          question: null,
          missingDirective: null,
        },
        action: { code: null, certificate: null, words: "Renew the certificate.", directive: null },
      }),
      ...[JSON.stringify(["192.0.2.9"]), now - SPAN_MS, now - (number % 72) * HOUR_MS, each, heat],
      ...[rankOf(heat, cause, clientId !== ""), state, now - DAY_MS, "", 0, 1],
    ];
  }
}

interface Writer {
  run(sql: string): Promise<void>;
  insert(head: string, rows: Iterable<Value[]>, times: ReadonlySet<number>): Promise<void>;
  events(size: FailureSize, now: number): Promise<void>;
  finish(): Promise<void>;
}

/** Event `n` is of the failure `n` modulo their number, and as long ago as `n` of all. */
const SELECTED = (
  text: (number: string) => string,
  time: (milliseconds: string) => string,
  size: FailureSize,
  now: number,
) => {
  const at = `${now - SPAN_MS} + CAST(n * ${SPAN_MS / size.events} AS ${"BIGINT"})`;
  return `SELECT 'event' || ${text("n")}, "f"."id", ${time(at)}, ${time(at)}, "f"."proxyId", "f"."serviceId", "f"."clientId",
    "f"."presentedName", NULL, "f"."cause", "f"."certainty", "f"."candidates", 'inbound', '1.3', '192.0.2.9', '${LINE}'
    FROM "numbers" JOIN "Failure" AS "f" ON "f"."id" = 'failure' || ${text(`(n % ${size.failures})`)}`;
};

const ROLLUPS = (hour: string, day: string) => [
  `INSERT INTO "FailureCount" ("failureId", "hour", "count") SELECT "failureId", ${hour}, count(*) FROM "HandshakeEvent" GROUP BY 1, 2`,
  `INSERT INTO "FailureHour" ("hour", "cause", "proxyId", "serviceId", "count")
     SELECT ${hour}, "cause", "proxyId", "serviceId", count(*) FROM "HandshakeEvent" GROUP BY 1, 2, 3, 4`,
  `INSERT INTO "FailureDay" ("day", "cause", "proxyId", "serviceId", "count")
     SELECT ${day}, "cause", "proxyId", "serviceId", sum("count") FROM "FailureHour" GROUP BY 1, 2, 3, 4`,
  `INSERT INTO "EventStock" ("id", "events", "size") SELECT 1, count(*), ${LINE.length} * count(*) FROM "HandshakeEvent"`,
];

function sqlite(file: string): Writer {
  const connection = new Sqlite(file);
  connection.pragma("synchronous = OFF");
  connection.pragma("foreign_keys = OFF");
  connection.pragma("cache_size = -400000");
  const indexes = connection
    .prepare(
      `SELECT "name", "sql" FROM sqlite_master WHERE "type" = 'index' AND "tbl_name" = 'HandshakeEvent' AND "sql" IS NOT NULL`,
    )
    .all() as { name: string; sql: string }[];
  const writer: Writer = {
    async run(sql) {
      connection.exec(sql);
    },
    async insert(head, rows) {
      const statement = connection.prepare(
        `${head} VALUES (${head
          .match(/"\w+"/g)
          ?.slice(1)
          .map(() => "?")
          .join(", ")})`,
      );
      connection.transaction(() => {
        for (const row of rows) statement.run(row);
      })();
    },
    async events(size, now) {
      for (const { name } of indexes) connection.exec(`DROP INDEX "${name}"`);
      const text = (number: string) => `printf('%010d', ${number})`;
      connection.exec(
        `WITH RECURSIVE "numbers"(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM "numbers" WHERE n < ${size.events - 1})
         INSERT INTO "HandshakeEvent" (${EVENT_COLUMNS}) ${SELECTED(text, (at) => at, size, now)}`,
      );
      const floor = (column: string, step: number) => `"${column}" - "${column}" % ${step}`;
      for (const sql of ROLLUPS(floor("at", HOUR_MS), floor("hour", DAY_MS))) connection.exec(sql);
      for (const { sql } of indexes) connection.exec(sql);
    },
    async finish() {
      connection.exec("ANALYZE");
      connection.pragma("wal_checkpoint(TRUNCATE)");
      connection.close();
    },
  };
  return writer;
}

async function postgresql(connectionString: string): Promise<Writer> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("SET synchronous_commit = off");
  await client.query("SET maintenance_work_mem = '512MB'");
  await client.query("SET work_mem = '256MB'");
  await client.query("SET session_replication_role = replica");
  const { rows: indexes } = await client.query<{ name: string; sql: string }>(
    `SELECT quote_ident(i.relname) AS "name", pg_get_indexdef(i.oid) AS "sql"
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
     WHERE t.relname = 'HandshakeEvent' AND NOT x.indisprimary`,
  );
  return {
    async run(sql) {
      await client.query(sql);
    },
    async insert(head, rows, times) {
      const columns = (head.match(/"\w+"/g) ?? []).length - 1;
      const all = [...rows];
      for (let start = 0; start < all.length; start += 500) {
        const part = all.slice(start, start + 500);
        const tuple = (_: Value[], row: number) =>
          `(${Array.from({ length: columns }, (__, column) => `$${row * columns + column + 1}`).join(", ")})`;
        const values = part.flatMap((row) =>
          row.map((value, column) =>
            times.has(column) ? new Date(Number(value)).toISOString().replace("Z", "") : value,
          ),
        );
        await client.query(`${head} VALUES ${part.map(tuple).join(", ")}`, values);
      }
    },
    async events(size, now) {
      for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
      const text = (number: string) => `lpad((${number})::text, 10, '0')`;
      const time = (at: string) => `to_timestamp((${at}) / 1000.0) AT TIME ZONE 'UTC'`;
      await client.query(
        `WITH "numbers" AS (SELECT n::bigint FROM generate_series(0, ${size.events - 1}) AS n)
         INSERT INTO "HandshakeEvent" (${EVENT_COLUMNS}) ${SELECTED(text, time, size, now)}`,
      );
      for (const sql of ROLLUPS(`date_trunc('hour', "at")`, `date_trunc('day', "hour")`))
        await client.query(sql);
      for (const { sql } of indexes) await client.query(sql);
    },
    async finish() {
      await client.query("VACUUM ANALYZE");
      await client.end();
    },
  };
}
