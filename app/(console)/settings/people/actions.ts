"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { invite, offerNewPassword, revokeInvitation } from "#lib/identity/invitations.ts";
import { endSession } from "#lib/identity/sessions.ts";
import { changeRole, disableUser, enableUser, removeSecondFactors } from "#lib/identity/users.ts";
import { action } from "#lib/web/action.ts";
import { formSchema, text } from "#lib/web/form-schema.ts";

const PEOPLE = "/settings/people";
const change = z.object({ id: text, version: z.number().int() });

export const invitePerson = action
  .inputSchema(formSchema({ email: text, name: text, role: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const link = await invite(installation, actor, parsedInput);
    revalidatePath(PEOPLE);
    return link;
  });

export const withdrawInvitation = action
  .inputSchema(z.object({ id: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await revokeInvitation(installation, actor, parsedInput);
    revalidatePath(PEOPLE);
  });

export const offerPassword = action
  .inputSchema(z.object({ userId: text }))
  .action(({ parsedInput, ctx: { installation, actor } }) =>
    offerNewPassword(installation, actor, parsedInput),
  );

export const giveRole = action
  .inputSchema(change.extend({ role: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await changeRole(installation, actor, parsedInput);
    revalidatePath(PEOPLE, "layout");
  });

export const closeAccount = action
  .inputSchema(change)
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await disableUser(installation, actor, parsedInput);
    revalidatePath(PEOPLE, "layout");
  });

export const reopenAccount = action
  .inputSchema(change)
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await enableUser(installation, actor, parsedInput);
    revalidatePath(PEOPLE, "layout");
  });

export const takeOffSecondFactors = action
  .inputSchema(change)
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await removeSecondFactors(installation, actor, parsedInput);
    revalidatePath(PEOPLE, "layout");
  });

export const endPersonsSession = action
  .inputSchema(z.object({ id: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await endSession(installation, actor, parsedInput);
    revalidatePath(PEOPLE, "layout");
  });
