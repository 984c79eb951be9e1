"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { renewWithSameKey } from "#lib/authority/renew.ts";
import { action } from "#lib/web/action.ts";
import { consoleIssuer } from "#lib/web/console-issuer.ts";
import { text } from "#lib/web/form-schema.ts";

/** A new certificate for the same key and names. Answers the successor's id. */
export const renewForSameKey = action
  .inputSchema(z.object({ certificate: text }))
  .action(async ({ parsedInput: { certificate }, ctx: { installation, actor } }) => {
    const { id, notAfter } = await renewWithSameKey(installation, consoleIssuer(), actor, certificate);
    revalidatePath("/certificates", "layout");
    return { id, notAfter };
  });
