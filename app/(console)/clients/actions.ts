"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { chosenEnd, END_CHOICES, type EndChoice } from "#components/client/end-choice.ts";
import { changeClient } from "#lib/access/client-change.ts";
import type { ClientInput } from "#lib/access/client-input.ts";
import { resumeClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import { changeCredentialEnd } from "#lib/access/credential-rotate.ts";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import type { GrantTermsInput } from "#lib/access/grant-input.ts";
import { clientObstacle } from "#lib/access/who-can-reach.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

const named = z.object({ client: text });
const isObject = (value: unknown) => typeof value === "object" && value !== null;

export const suspend = action
  .inputSchema(named)
  .action(async ({ parsedInput: { client }, ctx: { installation, actor } }) => {
    await suspendClient(installation, actor, client);
    revalidatePath("/clients", "layout");
  });

export const resume = action
  .inputSchema(named)
  .action(async ({ parsedInput: { client }, ctx: { installation, actor } }) => {
    await resumeClient(installation, actor, client);
    revalidatePath("/clients", "layout");
  });

export const retire = action
  .inputSchema(named.extend({ revokes: z.boolean() }))
  .action(async ({ parsedInput: { client, revokes }, ctx: { installation, actor } }) => {
    await retireClient(installation, actor, client, { revokes });
    revalidatePath("/clients", "layout");
  });

/** The domain functions parse what is an object here field by field. */
export const saveClient = action
  .inputSchema(z.object({ id: text, version: z.number().int(), client: z.custom<ClientInput>(isObject) }))
  .action(async ({ parsedInput: { id, version, client }, ctx: { installation, actor } }) => {
    await changeClient(installation, actor, id, version, client);
    revalidatePath("/clients", "layout");
    redirect(`/clients/${encodeURIComponent(id)}`);
  });

export const addGrant = action
  .inputSchema(named.extend({ terms: z.custom<GrantTermsInput>(isObject) }))
  .action(async ({ parsedInput: { client, terms }, ctx: { installation, actor } }) => {
    await createGrant(installation, actor, { ...terms, clientId: client });
    revalidatePath("/clients", "layout");
    return { obstacle: await clientObstacle(installation, actor, client, terms.serviceId) };
  });

export const endOneGrant = action
  .inputSchema(z.object({ grant: text }))
  .action(async ({ parsedInput: { grant }, ctx: { installation, actor } }) => {
    await endGrant(installation, actor, grant);
    revalidatePath("/clients", "layout");
  });

const choices = END_CHOICES.map(({ value }) => value) as [EndChoice, ...EndChoice[]];

export const setCredentialEnd = action
  .inputSchema(
    z.object({ credential: text, choice: z.enum(choices), at: text, revokes: z.boolean().optional() }),
  )
  .action(async ({ parsedInput: { credential, choice, at, revokes }, ctx: { installation, actor } }) => {
    const end = chosenEnd(choice, at, installation.clock.now());
    await changeCredentialEnd(installation, actor, credential, end, revokes);
    revalidatePath("/clients", "layout");
  });
