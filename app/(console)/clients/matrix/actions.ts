"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

/** Grants a client the whole of a service, from now on and without an end. */
export const grantInMatrix = action
  .inputSchema(z.object({ clientId: text, serviceId: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await createGrant(installation, actor, parsedInput);
    revalidatePath("/clients", "layout");
  });

/** Takes a service from a client. */
export const endGrantInMatrix = action
  .inputSchema(z.object({ grantId: text }))
  .action(async ({ parsedInput: { grantId }, ctx: { installation, actor } }) => {
    await endGrant(installation, actor, grantId);
    revalidatePath("/clients", "layout");
  });
