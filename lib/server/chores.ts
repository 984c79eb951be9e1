import { log } from "#lib/log.ts";

/** Pieces of work that know nothing of each other, by what they do. */
export type Chores = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Does one after the other. One that fails is told of, and keeps nothing else from being done.
 *
 * @returns those that failed
 */
export async function doChores(chores: Chores): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, chore] of Object.entries(chores)) {
    try {
      await chore();
    } catch (error) {
      log("server").error({ err: error }, `${name} failed; trying again soon`);
      failed.push(name);
    }
  }
  return failed;
}
