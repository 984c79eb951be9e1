import { z } from "zod";
import { clientInputSchema } from "#lib/access/client-input.ts";
import { type ClientSource, recordClient } from "#lib/access/client-record.ts";
import { credentialInputSchema } from "#lib/access/credential-input.ts";
import { credentialOf, type NewCredential, recordCredential } from "#lib/access/credential-record.ts";
import { grantTermsSchema } from "#lib/access/grant-input.ts";
import { grantOf, recordGrant } from "#lib/access/grant-record.ts";
import { inField, inFieldOf } from "#lib/access/input-field.ts";
import { type AuditEntry, appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/** The most grants with which a client is created. */
export const GRANTS_MAX = 100;

/** A client with what it may call. */
export const grantedClientSchema = z.strictObject({
  client: clientInputSchema,
  grants: z
    .array(grantTermsSchema)
    .max(GRANTS_MAX, { error: `are more than ${GRANTS_MAX}` })
    .default([]),
});

/** The same with what proves it; null for nothing yet. */
export const wholeClientSchema = grantedClientSchema.extend({
  credential: credentialInputSchema.nullable().default(null),
});

export type GrantedClientInput = z.input<typeof grantedClientSchema>;
export type GrantedClientFacts = z.output<typeof grantedClientSchema>;
export type WholeClientInput = z.input<typeof wholeClientSchema>;

export interface WholeClient {
  clientId: string;
  /** Null when it proves itself by nothing yet. */
  credentialId: string | null;
}

/**
 * Creates a client with all that it needs, or nothing of it.
 *
 * @throws DomainError as `createClient`, `createGrant` and `addCredential`; fields are named by their path:
 *   `client.name`, `grants.0.serviceId`, `credential.sha256`
 */
export async function createWholeClient(
  { database, clock }: Installation,
  actor: Actor,
  input: WholeClientInput,
  source: ClientSource = "hand",
): Promise<WholeClient> {
  authorize(actor, "client:manage");
  const { credential, ...wanted } = parsed(wholeClientSchema, input);
  const now = clock.now();
  const proof = credential === null ? null : inField("credential", () => credentialOf(credential, now));
  return database.write(async (transaction) => {
    const { entries, ...whole } = await recordWholeClient(transaction, actor, now, wanted, proof, source);
    await appendAudit(transaction, actor, now, ...entries);
    return whole;
  });
}

/**
 * Writes a client with its grants and its credential inside the transaction of its caller, who appends the events.
 *
 * @param now whole seconds
 * @throws DomainError as `createWholeClient`
 */
export async function recordWholeClient(
  transaction: Transaction,
  actor: Actor,
  now: Date,
  { client, grants }: GrantedClientFacts,
  proof: NewCredential | null,
  source: ClientSource,
): Promise<WholeClient & { entries: AuditEntry[] }> {
  const created = await inFieldOf("client", () => recordClient(transaction, actor, now, client, source));
  const entries = [created.entry];
  const named = { id: created.id, name: client.name };
  for (const [place, terms] of grants.entries()) {
    const { entry } = await inFieldOf(`grants.${place}`, async () =>
      recordGrant(transaction, actor, now, named, grantOf(terms, now)),
    );
    entries.push(entry);
  }
  if (proof === null) return { clientId: created.id, credentialId: null, entries };
  const added = await inFieldOf("credential", () => recordCredential(transaction, actor, now, named, proof));
  return { clientId: created.id, credentialId: added.id, entries: [...entries, added.entry] };
}
