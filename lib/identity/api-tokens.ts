import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { SCOPES, type Scope } from "#lib/authorization/permissions.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { makeToken, tokenHash, tokenPrefix } from "#lib/identity/api-token-format.ts";
import { nameFrom } from "#lib/identity/text-input.ts";
import type { Installation } from "#lib/installation.ts";

/** An API token as lists show it; the secret is not kept. */
export interface ApiTokenView {
  id: string;
  name: string;
  /** The recognisable beginning, e.g. `csn_4fGz1q`. */
  prefix: string;
  scopes: Scope[];
  status: "active" | "expired" | "revoked";
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  lastUsedFrom: string | null;
  revokedAt: Date | null;
}

export interface NewApiToken {
  name: string;
  scopes: readonly string[];
  /** When it stops working; null for never. */
  expiresAt: Date | null;
}

/**
 * Creates a token.
 *
 * @returns the token itself, which is shown once and stored only as a hash
 * @throws DomainError `forbidden`, or `malformed` for a name, a scope or a time that cannot be
 */
export async function createApiToken(
  installation: Installation,
  actor: Actor,
  input: NewApiToken,
): Promise<{ id: string; token: string }> {
  authorize(actor, "token:manage");
  const at = installation.clock.now();
  const name = nameFrom(input.name, "name");
  const scopes = scopesFrom(input.scopes);
  if (input.expiresAt !== null && !(input.expiresAt.getTime() > at.getTime())) {
    throw malformed("expiresAt", "token.expiry", "The end of the token's life is not in the future.");
  }
  const token = makeToken();
  const id = newId();
  await installation.database.write(async (transaction) => {
    await transaction.apiToken.create({
      data: {
        id,
        name,
        prefix: tokenPrefix(token),
        hash: tokenHash(token),
        scopes: JSON.stringify(scopes),
        createdById: actor.id,
        createdAt: at,
        expiresAt: input.expiresAt,
      },
    });
    await noticeChange(transaction);
    await appendAudit(transaction, actor, at, {
      action: "token.created",
      object: { kind: "token", id, name },
      details: { prefix: tokenPrefix(token), scopes, expiresAt: input.expiresAt },
    });
  });
  return { id, token };
}

/** All tokens, newest first. @throws DomainError `forbidden` */
export async function listApiTokens(installation: Installation, actor: Actor): Promise<ApiTokenView[]> {
  authorize(actor, "token:read");
  const now = installation.clock.now();
  const rows = await installation.database.read.apiToken.findMany({
    omit: { hash: true },
    orderBy: { id: "desc" },
  });
  const creators = await installation.database.read.user.findMany({
    where: { id: { in: [...new Set(rows.map((row) => row.createdById))] } },
    select: { id: true, name: true },
  });
  const nameOf = new Map(creators.map((user) => [user.id, user.name]));
  return rows.map(({ createdById, scopes, ...row }) => ({
    ...row,
    scopes: storedScopes(scopes),
    createdBy: nameOf.get(createdById) ?? createdById,
    status: row.revokedAt !== null ? "revoked" : isOver(row.expiresAt, now) ? "expired" : "active",
  }));
}

/**
 * Ends a token at once, in every process within a quarter of a second.
 *
 * @throws DomainError `forbidden`, `notFound`, or `conflict` when it is revoked already
 */
export async function revokeApiToken(
  installation: Installation,
  actor: Actor,
  input: { id: string },
): Promise<void> {
  authorize(actor, "token:manage");
  const at = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const token = await transaction.apiToken.findUnique({
      where: { id: input.id },
      select: { name: true, prefix: true, revokedAt: true, lastUsedAt: true },
    });
    if (token === null) throw new DomainError("notFound", "There is no such API token.");
    if (token.revokedAt !== null) {
      throw new DomainError("conflict", `The token ${token.name} was revoked already.`);
    }
    await transaction.apiToken.update({ where: { id: input.id }, data: { revokedAt: at } });
    await noticeChange(transaction);
    await appendAudit(transaction, actor, at, {
      action: "token.revoked",
      object: { kind: "token", id: input.id, name: token.name },
      details: { prefix: token.prefix, lastUsedAt: token.lastUsedAt },
    });
  });
}

/** The scopes of a stored row; one that no longer exists is dropped rather than believed. */
export function storedScopes(text: string): Scope[] {
  const stored: unknown = JSON.parse(text);
  return SCOPES.filter((scope) => Array.isArray(stored) && stored.includes(scope));
}

function scopesFrom(texts: readonly string[]): Scope[] {
  const unknown = texts.find((text) => !(SCOPES as readonly string[]).includes(text));
  if (unknown !== undefined) {
    throw malformed("scopes", "token.scope", "One of the scopes is not a permission that a token may carry.");
  }
  const scopes = SCOPES.filter((scope) => texts.includes(scope));
  if (scopes.length === 0) {
    throw malformed(
      "scopes",
      "token.scope",
      "Choose at least one scope: a token without any can do nothing.",
    );
  }
  return scopes;
}

function isOver(expiresAt: Date | null, now: Date): boolean {
  return expiresAt !== null && expiresAt.getTime() <= now.getTime();
}

/** Every process that holds tokens in memory compares this counter. */
async function noticeChange(transaction: Transaction): Promise<void> {
  await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
}
