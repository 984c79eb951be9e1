"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { DomainError } from "#lib/errors.ts";
import { type AnchorChoice, searchAnchors } from "#lib/inventory/anchor-search.ts";
import { changeBundle, createBundle, deleteBundle } from "#lib/inventory/trust-bundle-change.ts";
import type { BundleChange, BundleInput } from "#lib/inventory/trust-bundle-input.ts";
import { getBundle } from "#lib/inventory/trust-bundle-read.ts";
import { action } from "#lib/web/action.ts";
import { rawText, text } from "#lib/web/form-schema.ts";

const isObject = (value: unknown) => typeof value === "object" && value !== null;
/** The domain function parses them field by field; here they only have to be objects. */
const bundleInput = z.custom<BundleInput>(isObject);
const bundleChange = z.custom<BundleChange>(isObject);
const seen = { id: text, version: z.number().int() };

export const createNewBundle = action
  .inputSchema(z.object({ bundle: bundleInput }))
  .action(async ({ parsedInput: { bundle }, ctx: { installation, actor } }) => {
    const { slug } = await getBundle(installation, actor, await createBundle(installation, actor, bundle));
    redirect(`/bundles/${slug}`);
  });

/**
 * Saves a bundle. When somebody else was faster, answers with the present state instead, so that the form can
 * show it beside what was chosen.
 */
export const saveBundle = action
  .inputSchema(z.object({ ...seen, bundle: bundleChange }))
  .action(async ({ parsedInput: { id, version, bundle }, ctx: { installation, actor } }) => {
    try {
      await changeBundle(installation, actor, id, version, bundle);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
      return { overtaken: error.message, present: await getBundle(installation, actor, id) };
    }
    redirect(`/bundles/${(await getBundle(installation, actor, id)).slug}`);
  });

/** Takes one certificate out, or puts some in, beside those that the person saw. */
export const changeBundleMembers = action
  .inputSchema(z.object({ ...seen, add: z.array(text).max(20), remove: z.array(text).max(20) }))
  .action(async ({ parsedInput: { id, version, add, remove }, ctx: { installation, actor } }) => {
    const present = (await getBundle(installation, actor, id)).members.flatMap((member) => member.id ?? []);
    const members = [...present.filter((member) => !remove.includes(member)), ...add];
    await changeBundle(installation, actor, id, version, { members });
    revalidatePath("/bundles", "layout");
  });

export const removeBundle = action
  .inputSchema(z.object(seen))
  .action(async ({ parsedInput: { id, version }, ctx: { installation, actor } }) => {
    await deleteBundle(installation, actor, id, version);
    redirect("/bundles");
  });

const find = action
  .inputSchema(z.object({ query: rawText }))
  .action(({ parsedInput: { query }, ctx: { installation, actor } }) =>
    searchAnchors(installation, actor, query),
  );

/** For the choice of members: authorities and imported roots by name. */
export async function findAnchors(query: string): Promise<AnchorChoice[]> {
  const result = await find({ query });
  if (result?.data === undefined) throw new Error("The search was refused.");
  return result.data;
}
