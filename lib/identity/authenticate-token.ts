import type { TokenActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { isWellFormedToken, tokenHash } from "#lib/identity/api-token-format.ts";
import { storedScopes } from "#lib/identity/api-tokens.ts";
import { noteTokenUse } from "#lib/identity/token-use.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * From bearer token to actor, thousands of times a second. A token once read is remembered for
 * less than a second, and forgotten earlier when any process has changed the configuration.
 */

const REMEMBERED_MS = 1_000;
const COMPARED_EVERY_MS = 250;
/** Only tokens that exist are remembered, so this is a bound for the extraordinary. */
const REMEMBERED_MAX = 10_000;

interface Remembered {
  actor: TokenActor;
  expiresAt: Date | null;
  readAt: number;
}

interface Memory {
  tokens: Map<string, Remembered>;
  configuration: number;
  comparing: Promise<void> | null;
  comparedAt: number;
}

const memories = new WeakMap<Installation, Memory>();

/**
 * The token of an `Authorization` header.
 *
 * @param authorization the header's value, if there is one
 * @returns the token, or undefined when the scheme is not Bearer (RFC 6750 §2.1)
 */
export function bearerOf(authorization: string | null | undefined): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(authorization ?? "")?.[1];
}

/**
 * Finds out which token acts.
 *
 * @param bearer the token itself, see `bearerOf`
 * @param from the caller's address, kept as "last used from"
 * @throws DomainError `unauthenticated`, in the same words whatever was wrong
 */
export async function authenticateToken(
  installation: Installation,
  bearer: string | undefined,
  from: string,
): Promise<TokenActor> {
  if (bearer === undefined || !isWellFormedToken(bearer)) throw refusal();
  const hash = tokenHash(bearer);
  const memory = memoryOf(installation);
  await forgetWhatChanged(installation, memory);
  const known = memory.tokens.get(hash);
  const token =
    known !== undefined && performance.now() - known.readAt < REMEMBERED_MS
      ? known
      : await readToken(installation, memory, hash);
  if (token.expiresAt !== null && token.expiresAt.getTime() <= installation.clock.now().getTime()) {
    throw refusal();
  }
  noteTokenUse(installation, token.actor.id, from);
  return token.actor;
}

async function readToken(installation: Installation, memory: Memory, hash: string): Promise<Remembered> {
  const readAt = performance.now();
  const row = await installation.database.read.apiToken.findUnique({
    where: { hash },
    select: { id: true, name: true, scopes: true, expiresAt: true, revokedAt: true },
  });
  if (row === null || row.revokedAt !== null) {
    memory.tokens.delete(hash);
    throw refusal();
  }
  const token: Remembered = {
    actor: { kind: "token", id: row.id, name: row.name, scopes: storedScopes(row.scopes) },
    expiresAt: row.expiresAt,
    readAt,
  };
  if (memory.tokens.size >= REMEMBERED_MAX) memory.tokens.clear();
  memory.tokens.set(hash, token);
  return token;
}

/** Requests that arrive while one compares wait for its answer instead of asking too. */
async function forgetWhatChanged(installation: Installation, memory: Memory): Promise<void> {
  if (performance.now() - memory.comparedAt < COMPARED_EVERY_MS) return;
  memory.comparing ??= (async () => {
    try {
      const startedAt = performance.now();
      const ground = await installation.database.read.ground.findUnique({
        where: { id: 1 },
        select: { configuration: true },
      });
      if (ground?.configuration !== memory.configuration) memory.tokens.clear();
      memory.configuration = ground?.configuration ?? 0;
      memory.comparedAt = startedAt;
    } finally {
      memory.comparing = null;
    }
  })();
  await memory.comparing;
}

function memoryOf(installation: Installation): Memory {
  let memory = memories.get(installation);
  if (memory === undefined) {
    memory = { tokens: new Map(), configuration: 0, comparing: null, comparedAt: Number.NEGATIVE_INFINITY };
    memories.set(installation, memory);
  }
  return memory;
}

function refusal(): DomainError {
  return new DomainError(
    "unauthenticated",
    "This needs a valid API token in the header Authorization: Bearer csn_….",
  );
}
