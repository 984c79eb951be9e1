"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { changeView, deleteView, saveView } from "#lib/inventory/saved-views.ts";
import { action } from "#lib/web/action.ts";
import { rawText, text } from "#lib/web/form-schema.ts";

const shared = z.boolean();

/** Gives the present filter a name. */
export const saveNewView = action
  .inputSchema(z.object({ name: text, query: rawText, shared }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await saveView(installation, actor, parsedInput);
    revalidatePath("/certificates");
  });

export const changeSavedView = action
  .inputSchema(z.object({ id: text, name: text, shared }))
  .action(async ({ parsedInput: { id, ...change }, ctx: { installation, actor } }) => {
    await changeView(installation, actor, id, change);
    revalidatePath("/certificates");
  });

export const deleteSavedView = action
  .inputSchema(z.object({ id: text }))
  .action(async ({ parsedInput: { id }, ctx: { installation, actor } }) => {
    await deleteView(installation, actor, id);
    revalidatePath("/certificates");
  });
