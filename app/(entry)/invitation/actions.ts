"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { acceptInvitation, openInvitation } from "#lib/identity/invitations.ts";
import { signInWithPassword } from "#lib/identity/sign-in.ts";
import { openAction } from "#lib/web/action.ts";
import { formSchema, rawText, text } from "#lib/web/form-schema.ts";
import { setCookies } from "#lib/web/set-cookies.ts";

/** What the link is for. The token comes from the fragment, which only the browser knows. */
export const readInvitation = openAction
  .inputSchema(z.object({ token: text }))
  .action(({ parsedInput: { token }, ctx: { installation } }) => openInvitation(installation, token));

/** Sets the password and signs in with it. */
export const takeInvitation = openAction
  .inputSchema(formSchema({ token: text, name: text, password: rawText }))
  .action(async ({ parsedInput: { token, name, password }, ctx: { installation, caller } }) => {
    const { email } = await acceptInvitation(installation, token, { name, password });
    const { step, setCookies: cookies } = await signInWithPassword(installation, caller, { email, password });
    await setCookies(cookies);
    redirect(step === "done" ? "/" : "/sign-in");
  });
