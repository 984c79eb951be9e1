"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { clientObstacle } from "#lib/access/who-can-reach.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

/** Grants a client the whole of a service, from now on and without an end. Answers why it is refused all the same. */
export const grantInMatrix = action
  .inputSchema(z.object({ clientId: text, serviceId: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const grantId = await createGrant(installation, actor, parsedInput);
    const { clientId, serviceId } = parsedInput;
    const obstacle = await clientObstacle(installation, actor, clientId, serviceId);
    revalidatePath("/clients", "layout");
    return { grantId, obstacle };
  });

/** Takes a service from a client. */
export const endGrantInMatrix = action
  .inputSchema(z.object({ grantId: text }))
  .action(async ({ parsedInput: { grantId }, ctx: { installation, actor } }) => {
    await endGrant(installation, actor, grantId);
    revalidatePath("/clients", "layout");
  });
