import {
  type CredentialFacts,
  type CredentialInput,
  credentialInputSchema,
} from "#lib/access/credential-input.ts";
import { isWideName } from "#lib/access/wide-name.ts";
import type { AuditEntry } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { truncateToSecond } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed, policyViolation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { parsed } from "#lib/parse.ts";

/** A credential that is to be given to a client, with the times at which it counts in whole seconds. */
export interface NewCredential {
  facts: CredentialFacts;
  startsAt: Date;
  /** Null for no end. */
  endsAt: Date | null;
}

/**
 * Reads what is to prove a client.
 *
 * @param now whole seconds
 * @throws DomainError `malformed`; `policyViolation` for a pattern that fits everybody and was not said to be meant
 */
export function newCredential(input: CredentialInput, now: Date): NewCredential {
  return credentialOf(parsed(credentialInputSchema, input), now);
}

/** The same of input that was read already, as a part of something larger. */
export function credentialOf(facts: CredentialFacts, now: Date): NewCredential {
  const startsAt = truncateToSecond(facts.startsAt ?? now);
  const endsAt = facts.endsAt === null ? null : truncateToSecond(facts.endsAt);
  if (endsAt !== null && (endsAt <= startsAt || endsAt <= now)) {
    throw malformed("endsAt", "credential.times", "The credential would end before it counts.");
  }
  if (facts.kind === "name" && isWideName(facts) && !facts.isWideMeant) {
    throw policyViolation(
      "nameValue",
      "credential.wide",
      "The pattern fits every name below this authority: whoever has any of them would be this client. Say that it is meant.",
    );
  }
  return { facts, startsAt, endsAt };
}

/**
 * Writes a credential inside the transaction of its caller, who appends the event and has the client's change noted.
 *
 * @param place `id` when it must be found again, a new one when absent; `replacesId` the credential whose place it
 *   takes; `certificateId` the certificate behind a key, when it is known
 * @throws DomainError `conflict` when another client, or this one, is known by the same at the same time;
 *   `policyViolation` for an authority that there is not
 */
export async function recordCredential(
  transaction: Transaction,
  actor: Actor,
  now: Date,
  client: { id: string; name: string },
  { facts, startsAt, endsAt }: NewCredential,
  place: { id?: string; replacesId?: string | null; certificateId?: string | null } = {},
): Promise<{ id: string; entry: AuditEntry }> {
  const { id = newId(), replacesId = null } = place;
  await checkAuthority(transaction, facts);
  await checkFree(transaction, { ...credentialColumns(facts), startsAt, endsAt });
  const columns = credentialColumns(facts);
  await transaction.credential.create({
    data: {
      ...columns,
      ...{ id, clientId: client.id, startsAt, endsAt, replacesId },
      ...{ revokesAtEnd: false, createdAt: now, createdBy: actor.name },
      certificateId: place.certificateId ?? (await certificateOf(transaction, facts)),
    },
  });
  return {
    id,
    entry: {
      action: "credential.added",
      object: { kind: "client", id: client.id, name: client.name },
      details: {
        ...{ credential: id, ...columns, startsAt, endsAt },
        ...(replacesId === null ? {} : { replaces: replacesId }),
      },
    },
  };
}

/** By what a credential is recognised, and when. */
export interface CredentialTime {
  /** Itself, which may be known by the same. */
  id?: string;
  kind: string;
  sha256: string;
  nameType: string;
  nameValue: string;
  authorityId: string | null;
  startsAt: Date;
  endsAt: Date | null;
}

/**
 * Whoever is known by the same thing at the same time would be two. Credentials of a retired client have ended.
 *
 * @throws DomainError `conflict`, naming the field and the client
 */
export async function checkFree(
  transaction: Transaction,
  { id = "", kind, sha256, nameType, nameValue, authorityId, startsAt, endsAt }: CredentialTime,
): Promise<void> {
  const other = await transaction.credential.findFirst({
    where: {
      ...{ kind, sha256, nameType, nameValue, authorityId, id: { not: id } },
      ...(endsAt === null ? {} : { startsAt: { lt: endsAt } }),
      OR: [{ endsAt: null }, { endsAt: { gt: startsAt } }],
    },
    select: { client: { select: { name: true } } },
  });
  if (other === null) return;
  const field = kind === "name" ? "nameValue" : "sha256";
  throw new DomainError("conflict", `${other.client.name} is known by this ${kind} at that time.`, {
    violations: [{ field, rule: "credential.taken", detail: `The ${kind} is that of ${other.client.name}.` }],
  });
}

/** What it is recognised by, as columns. */
export function credentialColumns(facts: CredentialFacts) {
  return facts.kind === "name"
    ? {
        kind: facts.kind,
        sha256: "",
        nameType: facts.nameType,
        nameValue: facts.nameValue,
        authorityId: facts.authorityId,
      }
    : { kind: facts.kind, sha256: facts.sha256, nameType: "", nameValue: "", authorityId: null };
}

async function certificateOf(transaction: Transaction, facts: CredentialFacts): Promise<string | null> {
  if (facts.kind !== "certificate") return null;
  const known = await transaction.certificate.findUnique({
    where: { sha256: facts.sha256 },
    select: { id: true },
  });
  return known?.id ?? null;
}

async function checkAuthority(transaction: Transaction, facts: CredentialFacts): Promise<void> {
  if (facts.kind !== "name") return;
  if ((await transaction.authority.count({ where: { id: facts.authorityId } })) === 1) return;
  throw policyViolation("authorityId", "credential.authority", "The authority does not exist.");
}
