"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { completeSetup } from "#lib/identity/setup.ts";
import { signInWithPassword } from "#lib/identity/sign-in.ts";
import { action, openAction } from "#lib/web/action.ts";
import { formSchema, rawText, text, wholeNumber } from "#lib/web/form-schema.ts";
import { setCookies } from "#lib/web/set-cookies.ts";
import { isKeyAlgorithm, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/** First step: the first admin, who is signed in at once. */
export const createFirstAdmin = openAction
  .inputSchema(formSchema({ token: text, organisation: text, name: text, email: text, password: rawText }))
  .action(async ({ parsedInput: { token, ...admin }, ctx: { installation, caller } }) => {
    await completeSetup(installation, token, admin);
    const { setCookies: cookies } = await signInWithPassword(installation, caller, admin);
    await setCookies(cookies);
    redirect("/setup");
  });

const keyAlgorithm = z.custom<KeyAlgorithm>((value) => typeof value === "string" && isKeyAlgorithm(value), {
  error: "is not a kind of key that we know",
});

/** Second step: the root, its intermediates and the first profiles. May be sent again after an interruption. */
export const createAuthorities = action
  .inputSchema(
    formSchema({
      organisation: text,
      rootName: text,
      keyAlgorithm,
      rootYears: wholeNumber.min(1).max(100),
      intermediateYears: wholeNumber.min(1).max(100),
      nameConstraints: text,
    }),
  )
  .action(async ({ parsedInput: { nameConstraints, ...input }, ctx: { installation, actor } }) => {
    await foundAuthorities(installation, actor, {
      ...input,
      nameConstraints: nameConstraints.split(/[\s,]+/).filter((suffix) => suffix !== ""),
    });
    redirect("/setup?done");
  });
