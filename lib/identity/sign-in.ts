import type { GenericEndpointContext } from "better-auth";
import { APIError } from "better-auth/api";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { type AuthAnswer, type AuthPath, askAuth } from "#lib/identity/ask-auth.ts";
import type { DoorWork } from "#lib/identity/at-the-door.ts";
import { type Attempt, closeAttempt, openAttempt } from "#lib/identity/attempt.ts";
import { sessionCookieName } from "#lib/identity/auth.ts";
import type { Caller } from "#lib/identity/caller.ts";
import { hashPassword } from "#lib/identity/new-user.ts";
import { countPasswordTry, forgetWrongPasswords } from "#lib/identity/password-attempts.ts";
import { emailFrom } from "#lib/identity/text-input.ts";
import { spendCode } from "#lib/identity/totp-codes.ts";
import { PERSON_COLUMNS, type Person, userActor } from "#lib/identity/user-actor.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Signing in, by any method. Whatever is wrong (no such person, wrong proof, locked, disabled),
 * the caller hears the same words after the same work.
 */

export interface SignInResult {
  /** Whether a code from the authenticator app must follow. */
  step: "done" | "second-step";
  setCookies: string[];
}

type Method = "password" | "totp" | "backup-code" | "passkey";

/**
 * By e-mail address and password.
 *
 * @throws DomainError `unauthenticated`, `rateLimited`, or `malformed` when the address is not one
 */
export async function signInWithPassword(
  installation: Installation,
  caller: Caller,
  input: { email: string; password: string },
): Promise<SignInResult> {
  const email = emailFrom(input.email);
  const person = await findPerson(installation, { email });
  return signIn(installation, caller, {
    method: "password",
    path: "/sign-in/email",
    body: { email, password: input.password },
    claim: async () => ({ person, named: email }),
    admit: (transaction, at, { id }) => countPasswordTry(transaction, id, at),
    stillClosed: async () => {
      // The work that better-auth does for a person who is not there.
      await hashPassword(installation, input.password);
    },
  });
}

/** The second step: a code from the authenticator app. */
export function signInWithTotp(installation: Installation, caller: Caller, input: { code: string }) {
  const code = input.code.replaceAll(" ", "");
  return signIn(installation, caller, {
    method: "totp",
    path: "/two-factor/verify-totp",
    body: { code },
    claim: (context) => claimOfSecondStep(installation, context),
    admit: (transaction, at, person) => spendCode(transaction, person.id, code, at),
  });
}

/** The second step with one of the codes for the day when the app is lost. */
export function signInWithBackupCode(installation: Installation, caller: Caller, input: { code: string }) {
  return signIn(installation, caller, {
    method: "backup-code",
    path: "/two-factor/verify-backup-code",
    body: { code: input.code.trim() },
    claim: (context) => claimOfSecondStep(installation, context),
  });
}

/** By passkey; it proves possession and the person, so there is no second step. */
export function signInWithPasskey(
  installation: Installation,
  caller: Caller,
  input: { response: Record<string, unknown> },
) {
  return signIn(installation, caller, {
    method: "passkey",
    path: "/passkey/verify-authentication",
    body: { response: input.response },
    claim: async () => {
      const owner = await installation.database.read.passkey.findFirst({
        where: { credentialID: String(input.response.id) },
        select: { user: { select: PERSON_COLUMNS } },
      });
      return { person: owner?.user ?? null, named: "" };
    },
  });
}

/** What the browser's passkey dialog needs. */
export async function passkeySignInOptions(
  installation: Installation,
  caller: Caller,
): Promise<{ options: unknown; setCookies: string[] }> {
  const answer = await askAuth(installation, caller, "/passkey/generate-authenticate-options");
  if (answer.status !== 200) throw new Error(`better-auth answered ${answer.status} to passkey options.`);
  return { options: answer.body, setCookies: answer.setCookies };
}

interface Claim {
  /** Who it would be; not proven yet. */
  person: Person | null;
  /** The name that was typed, for the audit trail when there is no such person. */
  named: string;
}

interface Step {
  method: Method;
  path: AuthPath;
  body: Record<string, unknown>;
  claim: (context: GenericEndpointContext) => Promise<Claim>;
  /** Whether this person may try just now; runs in the transaction of the attempt. */
  admit?: (transaction: Transaction, at: Date, person: Person) => Promise<boolean>;
  /** Work done instead of the check while the account is closed. */
  stillClosed?: () => Promise<void>;
}

async function signIn(installation: Installation, caller: Caller, step: Step): Promise<SignInResult> {
  const anybody: Actor = { ...systemActor("sign-in"), requestId: caller.requestId };
  let attempt: Attempt | null = null;
  let person: Person | null = null;
  let isOpen = true;
  const door: DoorWork = async (context) => {
    const claim = await step.claim(context);
    person = claim.person;
    attempt = await installation.database.write(async (transaction) => {
      const at = installation.clock.now();
      if (claim.person !== null) {
        const admitted = (await step.admit?.(transaction, at, claim.person)) ?? true;
        isOpen = admitted && claim.person.status === "active";
      }
      return openAttempt(transaction, at, {
        actor: anybody,
        action: "user.signed-in",
        object: {
          kind: "user",
          id: claim.person?.id ?? "",
          name: claim.person?.email ?? claim.named,
        },
        details: { method: step.method, address: caller.address, userAgent: caller.userAgent.slice(0, 200) },
      });
    });
    if (!isOpen) {
      await step.stillClosed?.();
      throw new APIError("UNAUTHORIZED", { message: "Unauthorized" });
    }
  };
  const stranger = { ...caller, cookies: withoutSession(installation, caller.cookies) };
  const answer = await askAuth(installation, stranger, step.path, step.body, door);
  return conclude(installation, caller, step, answer, attempt, person, isOpen);
}

async function conclude(
  installation: Installation,
  caller: Caller,
  step: Step,
  answer: AuthAnswer,
  attempt: Attempt | null,
  person: Person | null,
  isOpen: boolean,
): Promise<SignInResult> {
  // Refused before the door, e.g. without the cookie of the first step.
  if (attempt === null) throw refusal(step.method);
  if (answer.status !== 200 || person === null) {
    const ours = answer.status >= 500;
    await closeAttempt(installation, attempt, {
      outcome: ours ? "failed" : "refused",
      details: isOpen ? {} : { reason: closedBecause(step.method, person) },
    });
    if (ours) throw new Error(`better-auth answered ${answer.status} to ${step.path}.`);
    throw refusal(step.method);
  }
  const known = person;
  const needsSecondStep =
    step.method === "password" && (answer.body as { twoFactorRedirect?: boolean }).twoFactorRedirect === true;
  await closeAttempt(
    installation,
    attempt,
    {
      outcome: "done",
      actor: userActor(known, caller.requestId),
      ...(needsSecondStep ? { action: "user.passed-first-step" } : {}),
    },
    async (transaction) => {
      if (step.method === "password") await forgetWrongPasswords(transaction, known.id);
    },
  );
  return { step: needsSecondStep ? "second-step" : "done", setCookies: answer.setCookies };
}

/**
 * A session that the browser still has must not answer for the one that is about to begin: the
 * second step would accept the code of the person who is signed in.
 */
function withoutSession(installation: Installation, cookies: string): string {
  const name = sessionCookieName(installation);
  return cookies
    .split(";")
    .filter((cookie) => cookie.split("=")[0]?.trim() !== name)
    .join(";");
}

/** The first step left a signed cookie that names who passed it. */
async function claimOfSecondStep(
  installation: Installation,
  context: GenericEndpointContext,
): Promise<Claim> {
  const cookie = context.context.createAuthCookie("two_factor");
  const challenge = await context.getSignedCookie(cookie.name, context.context.secret);
  const passed = challenge ? await context.context.internalAdapter.findVerificationValue(challenge) : null;
  return { person: passed === null ? null : await findPerson(installation, { id: passed.value }), named: "" };
}

function findPerson(
  installation: Installation,
  where: { id: string } | { email: string },
): Promise<Person | null> {
  return installation.database.read.user.findUnique({ where, select: PERSON_COLUMNS });
}

function closedBecause(method: Method, person: Person | null): string {
  if (person?.status !== "active") return "disabled";
  return method === "totp" ? "code used before" : "locked";
}

const REFUSALS: Record<Method, string> = {
  password:
    "The e-mail address or the password is not right, or the account is locked for a while after too many tries.",
  totp: "The code is not right or its time is over. After some wrong codes, begin again with the password.",
  "backup-code": "The backup code is not right or was used. After some wrong codes, begin again.",
  passkey: "This passkey does not open an account here.",
};

function refusal(method: Method): DomainError {
  return new DomainError("unauthenticated", REFUSALS[method]);
}
