"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { chosenMute, MUTE_CHOICES, type MuteChoice } from "#components/failures/mute-choice.ts";
import {
  assignFailure,
  muteFailure,
  reopenFailure,
  resolveFailure,
  unmuteFailure,
} from "#lib/handshake/failure-change.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

const named = z.object({ failure: text });

export const resolve = action
  .inputSchema(named)
  .action(async ({ parsedInput: { failure }, ctx: { installation, actor } }) => {
    await resolveFailure(installation, actor, failure);
    revalidatePath("/failures", "layout");
  });

export const reopen = action
  .inputSchema(named)
  .action(async ({ parsedInput: { failure }, ctx: { installation, actor } }) => {
    await reopenFailure(installation, actor, failure);
    revalidatePath("/failures", "layout");
  });

const choices = MUTE_CHOICES.map(({ value }) => value) as [MuteChoice, ...MuteChoice[]];

export const mute = action
  .inputSchema(named.extend({ choice: z.enum(choices), at: text, untilWorse: z.boolean() }))
  .action(async ({ parsedInput: { failure, choice, at, untilWorse }, ctx: { installation, actor } }) => {
    const until = chosenMute(choice, at, installation.clock.now());
    await muteFailure(installation, actor, failure, { until: until ?? undefined, untilWorse });
    revalidatePath("/failures", "layout");
  });

export const unmute = action
  .inputSchema(named)
  .action(async ({ parsedInput: { failure }, ctx: { installation, actor } }) => {
    await unmuteFailure(installation, actor, failure);
    revalidatePath("/failures", "layout");
  });

/** `seen` is who looked after it when that was decided. */
export const assign = action
  .inputSchema(named.extend({ to: text.nullable(), seen: text.nullable() }))
  .action(async ({ parsedInput: { failure, to, seen }, ctx: { installation, actor } }) => {
    await assignFailure(installation, actor, failure, to, seen);
    revalidatePath("/failures", "layout");
  });
