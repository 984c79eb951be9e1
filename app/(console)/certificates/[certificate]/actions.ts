"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { renewWithSameKey } from "#lib/authority/renew.ts";
import { DomainError } from "#lib/errors.ts";
import { annotateCertificates, setNotes } from "#lib/inventory/annotate.ts";
import { action } from "#lib/web/action.ts";
import { consoleIssuer } from "#lib/web/console-issuer.ts";
import { rawText, text } from "#lib/web/form-schema.ts";

/** A new certificate for the same key and names. Answers the successor's id. */
export const renewForSameKey = action
  .inputSchema(z.object({ certificate: text }))
  .action(async ({ parsedInput: { certificate }, ctx: { installation, actor } }) => {
    const { id, notAfter } = await renewWithSameKey(installation, consoleIssuer(), actor, certificate);
    revalidatePath("/certificates", "layout");
    return { id, notAfter };
  });

/** Replaces the notes. */
export const saveNotes = action
  .inputSchema(z.object({ certificate: text, notes: rawText, seen: rawText }))
  .action(async ({ parsedInput: { certificate, notes, seen }, ctx: { installation, actor } }) => {
    await setNotes(installation, actor, certificate, notes, seen);
    revalidatePath("/certificates", "layout");
  });

/** Sets the owner, adds tags and takes others away. */
export const saveOwnership = action
  .inputSchema(
    z.object({ certificate: text, owner: rawText, addTags: z.array(rawText), removeTags: z.array(rawText) }),
  )
  .action(async ({ parsedInput: { certificate, ...change }, ctx: { installation, actor } }) => {
    const [answer] = await annotateCertificates(installation, actor, [certificate], change);
    if (answer === undefined) throw new DomainError("notFound", "There is no such certificate.");
    if (answer.refusal !== undefined) throw new DomainError("policyViolation", answer.refusal);
    revalidatePath("/certificates", "layout");
  });
