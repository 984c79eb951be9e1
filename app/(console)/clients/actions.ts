"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { resumeClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

const named = z.object({ client: text });

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
  .inputSchema(named)
  .action(async ({ parsedInput: { client }, ctx: { installation, actor } }) => {
    await retireClient(installation, actor, client);
    revalidatePath("/clients", "layout");
  });
