"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { type Admission, admitCaller, dismissCaller } from "#lib/access/caller-admit.ts";
import { clientObstacle } from "#lib/access/who-can-reach.ts";
import { DomainError } from "#lib/errors.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

/** The domain function parses it field by field; here it only has to be an object. */
const admission = z.custom<Admission>((value) => typeof value === "object" && value !== null);

/** Admits a caller. Answers who it is already, when its certificate is that of a client and a name was given. */
export const admit = action
  .inputSchema(z.object({ admission }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    try {
      const clientId = await admitCaller(installation, actor, parsedInput.admission);
      revalidatePath("/", "layout");
      const { serviceId } = parsedInput.admission;
      return {
        ...{ clientId, known: null },
        obstacle: await clientObstacle(installation, actor, clientId, serviceId),
      };
    } catch (error) {
      const known =
        error instanceof DomainError && error.violations.some(({ rule }) => rule === "caller.known");
      if (!known) throw error;
      return { clientId: null, known: error.message };
    }
  });

/** Forgets a caller until it comes again. */
export const dismiss = action
  .inputSchema(z.object({ sha256: text, serviceId: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await dismissCaller(installation, actor, parsedInput);
    revalidatePath("/", "layout");
  });
