"use server";

import { redirect } from "next/navigation";
import { prolongSession } from "#lib/identity/current-session.ts";
import { signOut as endSession } from "#lib/identity/sessions.ts";
import { action } from "#lib/web/action.ts";
import { forgetCookies, setCookies } from "#lib/web/set-cookies.ts";

/** Ends the session in hand. */
export async function signOut(): Promise<void> {
  await endCurrentSession();
  await forgetCookies("countersign.");
  redirect("/sign-in");
}

const endCurrentSession = action.action(({ ctx: { installation, actor, session } }) =>
  endSession(installation, actor, { sessionId: session.sessionId }),
);

/** Keeps the session of a person who is at work from running out. */
export const stayOn = action.action(async ({ ctx: { installation, caller } }) => {
  await setCookies(await prolongSession(installation, caller));
});
