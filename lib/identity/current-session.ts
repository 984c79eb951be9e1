import type { UserActor } from "#lib/authorization/actor.ts";
import { askAuth } from "#lib/identity/ask-auth.ts";
import { authOf } from "#lib/identity/auth.ts";
import type { Caller } from "#lib/identity/caller.ts";
import { userActor } from "#lib/identity/user-actor.ts";
import type { Installation } from "#lib/installation.ts";

/** Who is signed in, by which session. */
export interface CurrentSession {
  actor: UserActor;
  sessionId: string;
  user: { name: string; email: string; twoFactorEnabled: boolean };
  expiresAt: Date;
}

/**
 * The session of a cookie, read from the database each time: a revoked session, a changed role
 * and a disabled account count from the next request on.
 *
 * @returns null when nobody is signed in
 */
export async function currentSession(
  installation: Installation,
  caller: Pick<Caller, "cookies" | "requestId">,
): Promise<CurrentSession | null> {
  if (caller.cookies === "") return null;
  const found = await authOf(installation).api.getSession({
    headers: new Headers({ cookie: caller.cookies }),
    query: { disableRefresh: true },
  });
  if (found === null || found.user.status !== "active") return null;
  const { id, name, email, role, status } = found.user;
  return {
    actor: userActor({ id, name, email, role, status }, caller.requestId),
    sessionId: found.session.id,
    user: { name, email, twoFactorEnabled: found.user.twoFactorEnabled === true },
    expiresAt: found.session.expiresAt,
  };
}

/**
 * Moves the end of a session in use to twelve hours from now.
 *
 * @returns Set-Cookie values; none when it was prolonged a short while ago
 */
export async function prolongSession(installation: Installation, caller: Caller): Promise<string[]> {
  const { setCookies } = await askAuth(installation, caller, "/get-session");
  return setCookies;
}
