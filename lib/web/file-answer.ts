import type { Download } from "#lib/authority/certificate-download.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { log } from "#lib/log.ts";
import { problemFrom } from "#lib/web/problem.ts";
import { currentActor } from "#lib/web/session.ts";

/**
 * The answer of a route handler that hands out a file, for whoever is signed in.
 *
 * @param read the domain function that makes the file
 */
export async function fileAnswer(read: (actor: Actor) => Promise<Download>): Promise<Response> {
  try {
    const actor = await currentActor();
    // A redirection to the sign-in page would be saved under the name of the file.
    if (actor === null) throw new DomainError("unauthenticated", "Sign in again, then download the file.");
    const { body, type, fileName } = await read(actor);
    return new Response(body, {
      headers: {
        "Content-Type": type,
        "Content-Disposition": `attachment; filename="${fileName}"`,
        "Cache-Control": "no-store",
      },
    });
  } catch (error) {
    return textProblem(error, "A download failed");
  }
}

/** A refusal of a route handler, as plain text. @param failure for the log, when the error is ours */
export function textProblem(error: unknown, failure: string): Response {
  const requestId = newId();
  if (!(error instanceof DomainError)) log("web").error({ err: error, requestId }, failure);
  const problem = problemFrom(error, requestId);
  return new Response(`${problem.detail}\n`, {
    status: problem.status,
    headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
  });
}
