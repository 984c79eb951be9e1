"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { requestCrl } from "#lib/authority/crl-publish-request.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

/** A chain has no more. */
const AUTHORITIES_MAX = 20;

/** Asks for new CRLs of authorities. */
export const publishCrls = action
  .inputSchema(z.object({ authorities: z.array(text).min(1).max(AUTHORITIES_MAX) }))
  .action(async ({ parsedInput: { authorities }, ctx: { installation, actor } }) => {
    for (const id of authorities) await requestCrl(installation, actor, id);
    revalidatePath("/revocation", "layout");
  });
