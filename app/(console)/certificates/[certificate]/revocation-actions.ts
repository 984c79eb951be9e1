"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { revocationConsequences } from "#lib/authority/revocation-consequences.ts";
import { CHOSEN_REASONS } from "#lib/authority/revocation-input.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { action } from "#lib/web/action.ts";
import { rawText, text } from "#lib/web/form-schema.ts";
import { publicationForecast } from "./publication-forecast.ts";

const about = z.object({ certificate: text });
const commented = about.extend({ comment: rawText });

/** What will break, looked up when somebody is about to revoke. */
export const lookAtConsequences = action
  .inputSchema(about)
  .action(({ parsedInput: { certificate }, ctx: { installation, actor } }) =>
    revocationConsequences(installation, actor, certificate),
  );

/** Revokes for good. */
export const revoke = action
  .inputSchema(
    commented.extend({
      reason: z.enum(CHOSEN_REASONS),
      /** A time of a browser, which has no zone: read as UTC. */
      compromisedSince: rawText.transform((time) => (time === "" ? null : new Date(`${time}Z`))),
    }),
  )
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const { certificate, reason, comment, compromisedSince } = parsedInput;
    const input = { reason, comment, invalidAt: compromisedSince };
    await revokeCertificate(installation, actor, certificate, input);
    revalidatePath("/", "layout");
    return publicationForecast(installation, actor, certificate);
  });

/** Refuses it until it is released or revoked. */
export const hold = action
  .inputSchema(commented)
  .action(async ({ parsedInput: { certificate, comment }, ctx: { installation, actor } }) => {
    await holdCertificate(installation, actor, certificate, { comment });
    revalidatePath("/", "layout");
    return publicationForecast(installation, actor, certificate);
  });

/** Ends a hold. */
export const release = action
  .inputSchema(commented)
  .action(async ({ parsedInput: { certificate, comment }, ctx: { installation, actor } }) => {
    await releaseCertificate(installation, actor, certificate, { comment });
    revalidatePath("/", "layout");
    return publicationForecast(installation, actor, certificate);
  });
