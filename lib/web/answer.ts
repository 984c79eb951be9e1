import { unstable_rethrow } from "next/navigation";
import type { ActionResult } from "#lib/web/refusal.ts";

/** Said of a change whose answer was lost: it may have been made. */
export const UNKNOWN_OUTCOME =
  "The server did not answer; nobody knows whether it was done. Look before trying again.";

/** Said of a question, which changes nothing. */
export const NO_ANSWER = "The server did not answer. Try again.";

/**
 * What a server action answered. A call whose answer is lost on the way rejects, and a rejection within a transition
 * replaces the whole page with all that was typed into it; here it is a refusal as any other.
 *
 * @param sent the call
 * @param lost what is said when nothing came back
 */
export async function answerOf<Result extends ActionResult>(
  sent: Promise<Result | undefined>,
  lost: string = UNKNOWN_OUTCOME,
): Promise<Result | { data?: undefined; serverError: NonNullable<ActionResult["serverError"]> } | undefined> {
  try {
    return await sent;
  } catch (error) {
    // A redirect is an answer, and arrives as an error.
    unstable_rethrow(error);
    return { serverError: { message: lost, violations: [] } };
  }
}
