import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/**
 * When and from where a token was last used. A request only notes it in memory; the notes are
 * written together, at most once a minute, so that no request waits for them.
 */

const WRITTEN_EVERY_MS = 60_000;

interface Use {
  at: Date;
  from: string;
}

interface Notebook {
  uses: Map<string, Use>;
  timer: NodeJS.Timeout | null;
  /** The first use after a pause is written soon: a person who tries a token wants to see it. */
  writtenAt: number;
}

const FIRST_WRITE_AFTER_MS = 1_000;

const notebooks = new WeakMap<Installation, Notebook>();

/** Notes a use; returns at once. */
export function noteTokenUse(installation: Installation, tokenId: string, from: string): void {
  const notebook = notebookOf(installation);
  notebook.uses.set(tokenId, { at: installation.clock.now(), from });
  if (notebook.timer !== null) return;
  const rest = notebook.writtenAt + WRITTEN_EVERY_MS - performance.now();
  notebook.timer = setTimeout(
    () => {
      flushTokenUse(installation).catch((error: unknown) =>
        log("identity").warn({ err: error }, "The last use of API tokens could not be written."),
      );
    },
    Math.max(FIRST_WRITE_AFTER_MS, rest),
  );
  notebook.timer.unref();
}

/** Writes what was noted; also called before a process ends. */
export async function flushTokenUse(installation: Installation): Promise<void> {
  const notebook = notebookOf(installation);
  if (notebook.timer !== null) clearTimeout(notebook.timer);
  const uses = notebook.uses;
  notebook.uses = new Map();
  notebook.timer = null;
  notebook.writtenAt = performance.now();
  if (uses.size === 0) return;
  await installation.database.write(async (transaction) => {
    for (const [id, { at, from }] of uses) {
      // Another process may have seen a later use.
      await transaction.apiToken.updateMany({
        where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: at } }] },
        data: { lastUsedAt: at, lastUsedFrom: from },
      });
    }
  });
}

function notebookOf(installation: Installation): Notebook {
  let notebook = notebooks.get(installation);
  if (notebook === undefined) {
    notebook = { uses: new Map(), timer: null, writtenAt: Number.NEGATIVE_INFINITY };
    notebooks.set(installation, notebook);
  }
  return notebook;
}
