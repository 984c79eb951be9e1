"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import {
  passkeySignInOptions,
  signInWithBackupCode,
  signInWithPasskey,
  signInWithPassword,
  signInWithTotp,
} from "#lib/identity/sign-in.ts";
import { openAction } from "#lib/web/action.ts";
import { formSchema, rawText, text } from "#lib/web/form-schema.ts";
import { localPath } from "#lib/web/local-path.ts";
import { setCookies } from "#lib/web/set-cookies.ts";

/** First step; answers that a code must follow, or leads on. */
export const signInByPassword = openAction
  .inputSchema(formSchema({ email: text, password: rawText, next: text.optional() }))
  .action(async ({ parsedInput: { email, password, next }, ctx: { installation, caller } }) => {
    const result = await signInWithPassword(installation, caller, { email, password });
    await setCookies(result.setCookies);
    if (result.step === "done") redirect(localPath(next));
    return { step: result.step };
  });

/** Second step. */
export const signInByCode = openAction
  .inputSchema(formSchema({ code: text, kind: z.enum(["totp", "backup-code"]), next: text.optional() }))
  .action(async ({ parsedInput: { code, kind, next }, ctx: { installation, caller } }) => {
    const verify = kind === "totp" ? signInWithTotp : signInWithBackupCode;
    await setCookies((await verify(installation, caller, { code })).setCookies);
    redirect(localPath(next));
  });

/** What the browser's passkey dialog needs. */
export const passkeyOptions = openAction.action(async ({ ctx: { installation, caller } }) => {
  const { options, setCookies: cookies } = await passkeySignInOptions(installation, caller);
  await setCookies(cookies);
  return { options };
});

/** With what the browser's dialog gave. */
export const signInByPasskey = openAction
  .inputSchema(z.object({ response: z.record(z.string(), z.unknown()), next: text.optional() }))
  .action(async ({ parsedInput: { response, next }, ctx: { installation, caller } }) => {
    await setCookies((await signInWithPasskey(installation, caller, { response })).setCookies);
    redirect(localPath(next));
  });
