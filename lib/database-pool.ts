import pg from "pg";

/**
 * Connections to PostgreSQL. One that does not answer is given up: a network that drops what it is given, without a
 * word, would be waited for without end.
 */

/** What a pool may take. Times in milliseconds. */
export interface PoolBounds {
  connections: number;
  /** How long a connection is waited for, whether it is made or comes free. */
  connectMs: number;
  /** How long a statement may take before the server ends it. */
  statementMs: number;
}

/** As long as the connections of lib/driver.ts. */
export const USUAL_BOUNDS: PoolBounds = { connections: 8, connectMs: 15_000, statementMs: 30_000 };

/** For whoever asks something small again and again, and goes on with what it knows meanwhile. */
export const PROMPT_BOUNDS: PoolBounds = { connections: 3, connectMs: 4_000, statementMs: 4_000 };

/**
 * How long a transaction may ask nothing: that of a connection which died holds the lock of all writers, and the server
 * knows of no death. Shorter than others wait for the lock.
 */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** The server has ended a statement by then, and said so, if it can be heard. */
const HEARING_MS = 1_000;

/** Whatever else was asked so long ago, when a connection is given up, has no answer either and goes the same way. */
const DOUBTFUL_MS = 2_000;

/** The connections of the process, with when each was last asked something; null while it is not in use. */
const askedAt = new Map<pg.Client, number | null>();

/** Makes a pool, which connects when it is used. */
export function connectionPool(connectionString: string, bounds: PoolBounds): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: bounds.connections,
    connectionTimeoutMillis: bounds.connectMs,
    keepAlive: true,
    statement_timeout: bounds.statementMs,
    query_timeout: bounds.statementMs + HEARING_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  pool.on("connect", giveUpWhenSilent);
  pool.on("acquire", (client) => askedAt.set(client, performance.now()));
  pool.on("release", (error, client) => {
    if (isSilence(error)) giveUp(client);
    else askedAt.set(client, null);
  });
  return pool;
}

/**
 * Closes a connection when it does not answer within its `query_timeout`: the driver only stops waiting, and everything
 * that is asked later would wait behind.
 */
export function giveUpWhenSilent(client: pg.Client): void {
  const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
  const asked = (...parameters: unknown[]) => {
    askedAt.set(client, performance.now());
    const answer = query(...parameters);
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => {
        if (isSilence(error)) giveUp(client);
      });
    }
    return answer;
  };
  client.query = asked as typeof client.query;
  client.on("end", () => askedAt.delete(client));
}

/** Whether a connection failed to answer in time: the driver says it in words only. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

/** Closes it with all that are doubtful now. Their pools hear of it, and whoever waits for their answers. */
function giveUp(silent: pg.Client): void {
  const before = performance.now() - DOUBTFUL_MS;
  for (const [client, at] of [...askedAt]) {
    if (client === silent || at === null || at < before) {
      askedAt.delete(client);
      // Told before it is closed, a pool hands it out to nobody any more.
      if (client !== silent) client.emit("error", new Error("a connection beside it does not answer"));
      // A polite end would wait for the other side's.
      client.connection.stream.destroy();
    }
  }
}
