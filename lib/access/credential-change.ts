import { noteClientChange } from "#lib/access/access-change.ts";
import {
  type CredentialFacts,
  type CredentialInput,
  credentialInputSchema,
  isWide,
} from "#lib/access/credential-input.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { truncateToSecond } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed, policyViolation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/**
 * Gives a client one more thing by which it is known.
 *
 * @returns the id of the credential
 * @throws DomainError `malformed`; `notFound`; `conflict` when another client, or this one, is known by the same at
 *   the same time; `policyViolation` for an authority that there is not, or a pattern that fits everybody and was not
 *   said to be meant; each naming the field
 */
export async function addCredential(
  { database, clock }: Installation,
  actor: Actor,
  clientId: string,
  input: CredentialInput,
): Promise<string> {
  authorize(actor, "client:manage");
  const wanted = parsed(credentialInputSchema, input);
  const now = clock.now();
  const startsAt = truncateToSecond(wanted.startsAt ?? now);
  const endsAt = wanted.endsAt === null ? null : truncateToSecond(wanted.endsAt);
  if (endsAt !== null && (endsAt <= startsAt || endsAt <= now)) {
    throw malformed("endsAt", "credential.times", "The credential would end before it counts.");
  }
  if (isWide(wanted) && !(wanted.kind === "name" && wanted.isWideMeant)) {
    throw policyViolation(
      "nameValue",
      "credential.wide",
      "The pattern fits every name below this authority: whoever has any of them would be this client. Say that it is meant.",
    );
  }
  const id = newId();
  await database.write(async (transaction) => {
    const { name } = await presentClient(transaction, clientId, null);
    await checkAuthority(transaction, wanted);
    await checkFree(transaction, wanted, startsAt, endsAt);
    await transaction.credential.create({
      data: {
        ...columns(wanted),
        ...{ id, clientId, startsAt, endsAt, revokesAtEnd: false, createdAt: now, createdBy: actor.name },
        certificateId: await certificateOf(transaction, wanted),
      },
    });
    await noteClientChange(transaction, clientId);
    await appendAudit(transaction, actor, now, {
      action: "credential.added",
      object: { kind: "client", id: clientId, name },
      details: { credential: id, ...columns(wanted), startsAt, endsAt },
    });
  });
  return id;
}

/**
 * Ends a credential: at once, or at a time to come.
 *
 * @param at when it stops counting; now when null
 * @throws DomainError `notFound`; `conflict` when it has ended already; `malformed` for a time that is over
 */
export async function endCredential(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  at: Date | null,
): Promise<void> {
  authorize(actor, "client:manage");
  const now = clock.now();
  const endsAt = truncateToSecond(at ?? now);
  if (endsAt < now)
    throw malformed("at", "credential.times", "The time at which the credential is to end is over.");
  await database.write(async (transaction) => {
    const present = await transaction.credential.findUnique({
      where: { id },
      select: { clientId: true, endsAt: true, kind: true, client: { select: { name: true } } },
    });
    if (present === null) throw new DomainError("notFound", "There is no such credential.");
    if (present.endsAt !== null && present.endsAt <= now) {
      throw new DomainError("conflict", "The credential has ended already.");
    }
    await transaction.credential.update({ where: { id }, data: { endsAt } });
    await noteClientChange(transaction, present.clientId);
    await appendAudit(transaction, actor, now, {
      action: "credential.ended",
      object: { kind: "client", id: present.clientId, name: present.client.name },
      details: { credential: id, before: present.endsAt, endsAt },
    });
  });
}

function columns(facts: CredentialFacts) {
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

/** Whoever is known by the same thing at the same time would be two. */
async function checkFree(
  transaction: Transaction,
  facts: CredentialFacts,
  startsAt: Date,
  endsAt: Date | null,
): Promise<void> {
  const other = await transaction.credential.findFirst({
    where: {
      ...columns(facts),
      ...(endsAt === null ? {} : { startsAt: { lt: endsAt } }),
      OR: [{ endsAt: null }, { endsAt: { gt: startsAt } }],
      client: { status: { not: "retired" } },
    },
    select: { client: { select: { name: true } } },
  });
  if (other === null) return;
  const field = facts.kind === "name" ? "nameValue" : "sha256";
  throw new DomainError("conflict", `${other.client.name} is known by this ${facts.kind} at that time.`, {
    violations: [
      { field, rule: "credential.taken", detail: `The ${facts.kind} is that of ${other.client.name}.` },
    ],
  });
}
