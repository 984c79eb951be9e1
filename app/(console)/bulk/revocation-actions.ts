"use server";

import { z } from "zod";
import { type BulkRevocation, previewRevocation, startRevocation } from "#lib/authority/bulk-revoke-start.ts";
import { CHOSEN_REASONS } from "#lib/authority/revocation-input.ts";
import { action } from "#lib/web/action.ts";
import { rawText } from "#lib/web/form-schema.ts";
import { selected } from "./selected.ts";

const aimed = selected.extend({ kind: z.enum(["hold", "revoke", "release"]) });

/** What holding, revoking or releasing the selection would do; the reason does not matter for that yet. */
export const forecastRevocation = action
  .inputSchema(aimed)
  .action(({ parsedInput: { selection, kind }, ctx: { installation, actor } }) => {
    const change: BulkRevocation = kind === "revoke" ? { kind, reason: "unspecified" } : { kind };
    return previewRevocation(installation, actor, selection, change);
  });

/** Starts it; the page of the run goes on with it. */
export const revokeSelected = action
  .inputSchema(
    aimed.extend({
      reason: z.enum(CHOSEN_REASONS).optional(),
      comment: rawText,
      /** A time of a browser, which has no zone: read as UTC. */
      compromisedSince: rawText.transform((time) => (time === "" ? null : new Date(`${time}Z`))),
    }),
  )
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const { selection, kind, reason, comment, compromisedSince } = parsedInput;
    const change: BulkRevocation =
      kind === "revoke"
        ? { kind, reason: reason ?? "unspecified", comment, invalidAt: compromisedSince }
        : { kind, comment };
    return { run: await startRevocation(installation, actor, selection, change) };
  });
