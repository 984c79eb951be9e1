"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { addSeconds } from "#lib/clock.ts";
import { createApiToken, revokeApiToken } from "#lib/identity/api-tokens.ts";
import { action } from "#lib/web/action.ts";
import { formSchema, text } from "#lib/web/form-schema.ts";

const DAY_SECONDS = 24 * 60 * 60;

/** Makes a token and answers with it, once. */
export const makeApiToken = action
  .inputSchema(
    formSchema({ name: text, scopes: z.array(text), days: z.enum(["7", "30", "90", "365", "never"]) }),
  )
  .action(async ({ parsedInput: { name, scopes, days }, ctx: { installation, actor } }) => {
    const expiresAt =
      days === "never" ? null : addSeconds(installation.clock.now(), Number(days) * DAY_SECONDS);
    const { token } = await createApiToken(installation, actor, { name, scopes, expiresAt });
    revalidatePath("/settings/tokens");
    return { token, name };
  });

export const endApiToken = action
  .inputSchema(z.object({ id: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await revokeApiToken(installation, actor, parsedInput);
    revalidatePath("/settings/tokens");
  });
