import { DomainError } from "#lib/errors.ts";
import { failureMark, failuresMark } from "#lib/handshake/failure-mark.ts";
import { installation } from "#lib/installation.ts";
import { textProblem } from "#lib/web/file-answer.ts";
import { currentActor } from "#lib/web/session.ts";

/**
 * A text that changes when the list of failures does, or one of them (`?failure=`): open screens ask each second. It is no
 * server action, since those are made one after the other and would hold up what somebody presses.
 */
export async function GET(request: Request): Promise<Response> {
  try {
    const actor = await currentActor();
    if (actor === null) throw new DomainError("unauthenticated", "Sign in again.");
    const failure = new URL(request.url).searchParams.get("failure");
    const mark =
      failure === null
        ? await failuresMark(installation(), actor)
        : await failureMark(installation(), actor, failure);
    return new Response(mark, {
      headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
    });
  } catch (error) {
    return textProblem(error, "Whether failures changed could not be told");
  }
}
