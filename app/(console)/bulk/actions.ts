"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { cancelRun, retryFailed } from "#lib/authority/bulk-change.ts";
import { confirmKeys } from "#lib/authority/bulk-keys.ts";
import { previewRenewals } from "#lib/authority/bulk-preview.ts";
import { getRun } from "#lib/authority/bulk-read.ts";
import { startAnnotation, startRenewal, startUndo } from "#lib/authority/bulk-start.ts";
import { action } from "#lib/web/action.ts";
import { consoleIssuer } from "#lib/web/console-issuer.ts";
import { text } from "#lib/web/form-schema.ts";
import { selected } from "./selected.ts";

/** How long one request works on a run: short enough that "cancel" is heard soon. */
const SLICE_MS = 600;

/** How long a small change may take before its run is shown instead. */
const AT_ONCE_MS = 1_500;

const oneRun = z.object({ run: text });

/** What a renewal of the selection would do. */
export const forecastRenewal = action
  .inputSchema(selected)
  .action(({ parsedInput, ctx: { installation, actor } }) =>
    previewRenewals(installation, actor, parsedInput.selection),
  );

/** Starts renewing; the page of the run goes on with it. */
export const renewSelected = action
  .inputSchema(selected)
  .action(async ({ parsedInput, ctx: { installation, actor } }) => ({
    run: await startRenewal(installation, actor, parsedInput.selection),
  }));

const tags = z.array(text).max(100).optional();

/** Changes owner or tags; a small selection is done when this answers. */
export const annotateSelected = action
  .inputSchema(selected.extend({ owner: text.optional(), addTags: tags, removeTags: tags }))
  .action(
    async ({ parsedInput: { selection, owner, addTags, removeTags }, ctx: { installation, actor } }) => {
      const run = await startAnnotation(installation, actor, selection, {
        ...(owner === undefined ? {} : { owner }),
        ...(addTags === undefined ? {} : { addTags }),
        ...(removeTags === undefined ? {} : { removeTags }),
      });
      const { status, total, done, failed } = await advanceRun(
        { installation, issuer: consoleIssuer(), actor },
        run,
        AT_ONCE_MS,
      );
      const { counts } = await getRun(installation, actor, run);
      return { run, status, total, done, failed, changed: counts.done };
    },
  );

/** Does the next pieces of a run. */
export const advance = action
  .inputSchema(oneRun)
  .action(({ parsedInput: { run }, ctx: { installation, actor } }) =>
    advanceRun({ installation, issuer: consoleIssuer(), actor }, run, SLICE_MS),
  );

/** Ends a run; what is done stays. */
export const cancel = action
  .inputSchema(oneRun)
  .action(async ({ parsedInput: { run }, ctx: { installation, actor } }) => {
    await cancelRun(installation, actor, run);
    revalidatePath("/bulk", "layout");
  });

/** Lets what failed be tried again. */
export const retry = action
  .inputSchema(oneRun)
  .action(async ({ parsedInput: { run }, ctx: { installation, actor } }) => {
    await retryFailed(installation, actor, run);
    revalidatePath("/bulk", "layout");
  });

/** Starts undoing a change of owner or tags. Answers the new run. */
export const undo = action
  .inputSchema(oneRun)
  .action(async ({ parsedInput: { run }, ctx: { installation, actor } }) => ({
    run: await startUndo(installation, actor, run),
  }));

/** The person has the private keys: they are destroyed here. */
export const haveKeys = action
  .inputSchema(oneRun)
  .action(async ({ parsedInput: { run }, ctx: { installation, actor } }) => {
    await confirmKeys(installation, actor, run);
    revalidatePath("/bulk", "layout");
  });
