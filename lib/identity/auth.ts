import { passkey } from "@better-auth/passkey";
import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { twoFactor } from "better-auth/plugins";
import { newId } from "#lib/id.ts";
import { atTheDoor } from "#lib/identity/at-the-door.ts";
import { CALLER_ADDRESS_HEADER } from "#lib/identity/caller.ts";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "#lib/identity/password.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/**
 * better-auth as we run it: it proves who somebody is and keeps the session's cookie. Who exists,
 * who may what, and what is audited are ours; nothing reaches it but through lib/identity.
 */

/** Product name as authenticator apps and passkey dialogs show it. */
const PRODUCT = "Countersign";

const COOKIE_PREFIX = "countersign";

export const SESSION_HOURS = 12;
/** A session in use is prolonged, but not at every click. */
const SESSION_UPDATE_AGE_SECONDS = 10 * 60;
/** Adding a passkey needs a sign-in that is younger than this. */
const FRESH_SECONDS = 60 * 60;
/** The second step of a sign-in must follow within this time. */
export const SECOND_STEP_SECONDS = 5 * 60;

export type Auth = ReturnType<typeof buildAuth>;

const instances = new WeakMap<Installation, Auth>();

/** The better-auth instance of an installation. */
export function authOf(installation: Installation): Auth {
  let auth = instances.get(installation);
  if (auth === undefined) {
    auth = buildAuth(installation);
    instances.set(installation, auth);
  }
  return auth;
}

/** The name of the session's cookie, which browsers tie to https where we are reached by https. */
export function sessionCookieName(installation: Installation): string {
  const prefix = installation.config.publicUrl.startsWith("https:") ? "__Secure-" : "";
  return `${prefix}${COOKIE_PREFIX}.session_token`;
}

function buildAuth(installation: Installation) {
  const { config, database, masterKey } = installation;
  const publicUrl = new URL(config.publicUrl);
  // Only its own tables, and no transaction of its own: every write goes through our queue.
  const {
    user,
    session,
    account,
    verification,
    passkey: passkeys,
    twoFactor: factors,
    rateLimit,
  } = database.forBetterAuth;
  const tables = { user, session, account, verification, passkey: passkeys, twoFactor: factors, rateLimit };

  return betterAuth({
    appName: PRODUCT,
    baseURL: config.publicUrl,
    basePath: "/api/auth",
    trustedOrigins: [publicUrl.origin],
    secret: Buffer.from(masterKey.derive("sign-in")).toString("hex"),
    telemetry: { enabled: false },
    database: prismaAdapter(tables, { provider: database.target.provider, transaction: false }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
    },
    user: {
      additionalFields: {
        role: { type: "string", required: true, input: false },
        status: { type: "string", required: true, input: false },
        version: { type: "number", required: true, input: false },
      },
    },
    session: {
      expiresIn: SESSION_HOURS * 60 * 60,
      updateAge: SESSION_UPDATE_AGE_SECONDS,
      freshAge: FRESH_SECONDS,
      // A cached session would outlive its revocation.
      cookieCache: { enabled: false },
    },
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 60,
      max: 120,
      customRules: {
        "/sign-in/email": { window: 60, max: 20 },
        "/two-factor/*": { window: 60, max: 20 },
        "/passkey/verify-authentication": { window: 60, max: 20 },
        "/get-session": false,
      },
    },
    advanced: {
      useSecureCookies: publicUrl.protocol === "https:",
      cookiePrefix: COOKIE_PREFIX,
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true, path: "/" },
      ipAddress: { ipAddressHeaders: [CALLER_ADDRESS_HEADER] },
      database: { generateId: () => newId() },
    },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        await atTheDoor.getStore()?.(context);
      }),
    },
    databaseHooks: {
      session: {
        create: {
          // Every way of signing in ends here, so this is where a disabled account stops.
          before: async ({ userId }) => {
            const owner = await database.read.user.findUnique({
              where: { id: userId },
              select: { status: true },
            });
            if (owner?.status !== "active") throw new APIError("UNAUTHORIZED", { message: "Unauthorized" });
          },
        },
      },
    },
    onAPIError: {
      // Refusals are told to the caller and to the audit trail; only the unexpected is for the log.
      onError: (error) => {
        if (!(error instanceof APIError)) {
          log("identity").error({ trace: traceOf(error) }, "better-auth failed.");
        }
      },
    },
    logger: {
      level: "error",
      log: (_level, message, ...things) =>
        log("identity").error({ trace: things.flatMap(traceOf) }, `better-auth: ${message}`),
    },
    plugins: [
      twoFactor({
        issuer: PRODUCT,
        twoFactorCookieMaxAge: SECOND_STEP_SECONDS,
        accountLockout: { enabled: true, maxFailedAttempts: 10, durationSeconds: 15 * 60 },
      }),
      passkey({
        rpID: publicUrl.hostname,
        rpName: PRODUCT,
        origin: publicUrl.origin,
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        authentication: {
          // A passkey stands for both factors, so possession alone is not enough.
          afterVerification: ({ verification }) => {
            if (verification.authenticationInfo.userVerified !== true) {
              throw new APIError("UNAUTHORIZED", { message: "Unauthorized" });
            }
          },
        },
      }),
    ],
  });
}

/** Where an error came from, without its message: a database error may quote what was written. */
function traceOf(thing: unknown): string[] {
  if (!(thing instanceof Error)) return [];
  const frames = (thing.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  return [thing.name, ...frames.slice(0, 8).map((line) => line.trim())];
}
