import { DomainError } from "#lib/errors.ts";
import { atTheDoor, type DoorWork } from "#lib/identity/at-the-door.ts";
import { authOf } from "#lib/identity/auth.ts";
import { CALLER_ADDRESS_HEADER, type Caller } from "#lib/identity/caller.ts";
import type { Installation } from "#lib/installation.ts";

/** The endpoints of better-auth that are used at all; no other can be reached from outside. */
export type AuthPath =
  | "/get-session"
  | "/sign-in/email"
  | "/two-factor/enable"
  | "/two-factor/verify-totp"
  | "/two-factor/verify-backup-code"
  | "/two-factor/generate-backup-codes"
  | "/passkey/generate-register-options"
  | "/passkey/verify-registration"
  | "/passkey/generate-authenticate-options"
  | "/passkey/verify-authentication";

export interface AuthAnswer {
  status: number;
  body: unknown;
  /** Set-Cookie values that the edge hands on to the browser. */
  setCookies: string[];
}

const GET_PATHS: readonly AuthPath[] = [
  "/get-session",
  "/passkey/generate-register-options",
  "/passkey/generate-authenticate-options",
];

/**
 * Asks better-auth on behalf of a caller. It goes through its request handler rather than its
 * functions, because only that applies the limits per address.
 *
 * @param door see DoorWork
 * @throws DomainError `rateLimited` when the address has asked too often
 */
export async function askAuth(
  installation: Installation,
  caller: Caller,
  path: AuthPath,
  body?: Record<string, unknown>,
  door: DoorWork = async () => {},
): Promise<AuthAnswer> {
  const { publicUrl } = installation.config;
  const isGet = GET_PATHS.includes(path);
  const request = new Request(`${publicUrl}/api/auth${path}`, {
    method: isGet ? "GET" : "POST",
    headers: {
      // The server actions in front of this have compared the browser's origin already.
      origin: new URL(publicUrl).origin,
      "user-agent": caller.userAgent,
      ...(caller.address === "" ? {} : { [CALLER_ADDRESS_HEADER]: caller.address }),
      ...(caller.cookies === "" ? {} : { cookie: caller.cookies }),
      ...(isGet ? {} : { "content-type": "application/json" }),
    },
    ...(isGet ? {} : { body: JSON.stringify(body ?? {}) }),
  });
  const response = await atTheDoor.run(door, () => authOf(installation).handler(request));
  if (response.status === 429) {
    throw new DomainError("rateLimited", "Too many tries in a short time: wait a minute and try again.");
  }
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : JSON.parse(text),
    setCookies: response.headers.getSetCookie(),
  };
}
