import { isDatabaseAway } from "#lib/database.ts";

/** Whoever asks how we are doing waits no longer for a database that does not answer. */
const PATIENCE_MS = 2_000;

/**
 * What is asked of the database, or null when it is away or does not answer in time: then there is more to say that
 * needs no database.
 *
 * @throws whatever else goes wrong
 */
export async function ifDatabaseAnswers<T>(asking: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  const answer = asking.catch((error: unknown) => {
    if (isDatabaseAway(error)) return null;
    throw error;
  });
  try {
    return await Promise.race([answer, patience]);
  } finally {
    clearTimeout(timer);
  }
}
