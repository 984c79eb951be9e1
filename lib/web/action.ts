import { createSafeActionClient } from "next-safe-action";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { currentCaller } from "#lib/web/caller.ts";
import { neutralSentence } from "#lib/web/problem.ts";
import type { Refusal } from "#lib/web/refusal.ts";
import { requireSession } from "#lib/web/session.ts";

/**
 * Server actions are public POST endpoints, whatever page they stand beside. All go this way:
 * parse → who acts → one domain function, which authorises → what the form shows.
 */

const client = createSafeActionClient({
  defaultValidationErrorsShape: "flattened",
  async handleServerError(error): Promise<Refusal> {
    if (error instanceof DomainError) return { message: error.message, violations: error.violations };
    const { requestId } = await currentCaller();
    log("web").error({ err: error, requestId }, "An action failed unexpectedly");
    return { message: neutralSentence(requestId), violations: [], id: requestId };
  },
});

/** For actions before somebody is signed in; adds the installation and the caller. */
export const openAction = client.use(async ({ next }) =>
  next({ ctx: { installation: installation(), caller: await currentCaller() } }),
);

/** For all others: adds who acts, or leads to the sign-in page. */
export const action = openAction.use(async ({ next }) => {
  const session = await requireSession();
  return next({ ctx: { actor: session.actor, session } });
});
