import type { StreamedFile } from "#lib/authority/bulk-files.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { log } from "#lib/log.ts";
import { textProblem } from "#lib/web/file-answer.ts";
import { currentActor } from "#lib/web/session.ts";

/**
 * The answer of a route handler that hands out a file while it is made, for whoever is signed in. When the
 * making fails half-way the connection is broken off, so that nobody takes the part for the whole.
 *
 * @param read the domain function that makes the file; its refusals are answered in text
 */
export async function streamedAnswer(read: (actor: Actor) => Promise<StreamedFile>): Promise<Response> {
  try {
    const actor = await currentActor();
    if (actor === null) throw new DomainError("unauthenticated", "Sign in again, then download the file.");
    const { body, type, fileName } = await read(actor);
    return new Response(streamOf(body), {
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

function streamOf(body: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await body.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        log("web").error({ err: error, requestId: newId() }, "A download broke off");
        controller.error(error);
      }
    },
    /** Whoever asked has gone. */
    async cancel() {
      await body.return(undefined);
    },
  });
}
