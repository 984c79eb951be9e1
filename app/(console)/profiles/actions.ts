"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import {
  changeProfile,
  createProfile,
  type ProfileInput,
  setProfileStatus,
} from "#lib/authority/profile-change.ts";
import { getProfile } from "#lib/authority/profile-read.ts";
import { DomainError } from "#lib/errors.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

/** The domain function parses it field by field; here it only has to be an object. */
const profileInput = z.custom<ProfileInput>((value) => typeof value === "object" && value !== null);
const seen = { id: text, version: z.number().int() };

export const createNewProfile = action
  .inputSchema(z.object({ profile: profileInput }))
  .action(async ({ parsedInput: { profile }, ctx: { installation, actor } }) => {
    const { slug } = await getProfile(installation, actor, await createProfile(installation, actor, profile));
    redirect(`/profiles/${slug}`);
  });

/**
 * Saves a profile. When somebody else was faster, answers with the present state instead, so that the form
 * can show it beside what was typed.
 */
export const saveProfile = action
  .inputSchema(z.object({ ...seen, profile: profileInput }))
  .action(async ({ parsedInput: { id, version, profile }, ctx: { installation, actor } }) => {
    try {
      await changeProfile(installation, actor, id, version, profile);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
      return { overtaken: error.message, present: await getProfile(installation, actor, id) };
    }
    redirect(`/profiles/${(await getProfile(installation, actor, id)).slug}`);
  });

export const changeProfileStatus = action
  .inputSchema(z.object({ ...seen, status: z.enum(["active", "retired"]) }))
  .action(async ({ parsedInput: { id, version, status }, ctx: { installation, actor } }) => {
    await setProfileStatus(installation, actor, id, version, status);
    revalidatePath("/profiles", "layout");
  });
