"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { changeOwnName } from "#lib/identity/own-name.ts";
import { changeOwnPassword } from "#lib/identity/own-password.ts";
import { addPasskey, passkeyCreationOptions, removeOwnPasskey } from "#lib/identity/passkeys.ts";
import { confirmTotp, disableTotp, offerTotp, regenerateBackupCodes } from "#lib/identity/second-factor.ts";
import { endOtherSessions, endOwnSession } from "#lib/identity/sessions.ts";
import { action } from "#lib/web/action.ts";
import { formSchema, rawText, text } from "#lib/web/form-schema.ts";
import { setCookies } from "#lib/web/set-cookies.ts";
import { qrCode } from "./qr-code.ts";

const ACCOUNT = "/settings/account";
const withPassword = formSchema({ currentPassword: rawText });

export const rename = action
  .inputSchema(formSchema({ name: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await changeOwnName(installation, actor, parsedInput);
    revalidatePath(ACCOUNT, "layout");
    return { done: true };
  });

export const changePassword = action
  .inputSchema(formSchema({ currentPassword: rawText, password: rawText }))
  .action(async ({ parsedInput, ctx: { installation, actor, session } }) => {
    await changeOwnPassword(installation, actor, { ...parsedInput, sessionId: session.sessionId });
    revalidatePath(ACCOUNT);
    return { done: true };
  });

/** Makes the secret and shows it as a QR code; nothing is switched on yet. */
export const beginTotp = action
  .inputSchema(withPassword)
  .action(async ({ parsedInput, ctx: { installation, actor, caller } }) => {
    const { uri, backupCodes } = await offerTotp(installation, actor, caller, parsedInput);
    return { qr: qrCode(uri), secret: new URL(uri).searchParams.get("secret") ?? "", backupCodes };
  });

export const finishTotp = action
  .inputSchema(formSchema({ code: text }))
  .action(async ({ parsedInput, ctx: { installation, actor, caller } }) => {
    const { setCookies: cookies } = await confirmTotp(installation, actor, caller, parsedInput);
    await setCookies(cookies);
    return { done: true };
  });

export const switchTotpOff = action
  .inputSchema(withPassword)
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await disableTotp(installation, actor, parsedInput);
    revalidatePath(ACCOUNT);
    return { done: true };
  });

export const newBackupCodes = action
  .inputSchema(withPassword)
  .action(({ parsedInput, ctx: { installation, actor, caller } }) =>
    regenerateBackupCodes(installation, actor, caller, parsedInput),
  );

export const passkeyOptions = action.action(async ({ ctx: { installation, actor, caller } }) => {
  const { options, setCookies: cookies } = await passkeyCreationOptions(installation, actor, caller);
  await setCookies(cookies);
  return { options };
});

export const keepPasskey = action
  .inputSchema(z.object({ name: text, response: z.record(z.string(), z.unknown()) }))
  .action(async ({ parsedInput, ctx: { installation, actor, caller } }) => {
    await addPasskey(installation, actor, caller, parsedInput);
    revalidatePath(ACCOUNT);
  });

export const removePasskey = action
  .inputSchema(z.object({ id: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await removeOwnPasskey(installation, actor, parsedInput);
    revalidatePath(ACCOUNT);
  });

export const endSession = action
  .inputSchema(z.object({ id: text }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    await endOwnSession(installation, actor, parsedInput);
    revalidatePath(ACCOUNT);
  });

export const endOthers = action.action(async ({ ctx: { installation, actor, session } }) => {
  await endOtherSessions(installation, actor, { sessionId: session.sessionId });
  revalidatePath(ACCOUNT);
});
