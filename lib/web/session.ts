import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { UserActor } from "#lib/authorization/actor.ts";
import { type CurrentSession, currentSession } from "#lib/identity/current-session.ts";
import { installation } from "#lib/installation.ts";
import { currentCaller } from "#lib/web/caller.ts";

/** In which proxy.ts states the path and query of the request, for the way back after signing in. */
export const PATH_HEADER = "x-countersign-path";

/** The session of this request, or null; asked once per request. */
export const requestSession = cache(
  async (): Promise<CurrentSession | null> => currentSession(installation(), await currentCaller()),
);

/** The session of this request; leads to the sign-in page when nobody is signed in. */
export async function requireSession(): Promise<CurrentSession> {
  const session = await requestSession();
  if (session !== null) return session;
  const path = (await headers()).get(PATH_HEADER);
  redirect(path === null || path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
}

/** Who is signed in, or null. */
export async function currentActor(): Promise<UserActor | null> {
  return (await requestSession())?.actor ?? null;
}

/** Who is signed in; leads to the sign-in page when nobody is. */
export async function requireActor(): Promise<UserActor> {
  return (await requireSession()).actor;
}
