import { z } from "zod";
import { FILE_MAX_BYTES } from "#lib/authority/bulk-file.ts";
import type { FileWishes } from "#lib/authority/bulk-file-check.ts";
import { keyAlgorithmSchema } from "#lib/authority/bulk-run.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { type Installation, installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { parsed } from "#lib/parse.ts";
import { text } from "#lib/web/form-schema.ts";
import { neutralSentence } from "#lib/web/problem.ts";
import type { ActionResult } from "#lib/web/refusal.ts";
import { requireSameOrigin } from "#lib/web/same-origin.ts";
import { currentActor } from "#lib/web/session.ts";

/** A file of 1 MB is more as JSON: line ends and quotes are escaped. */
const BODY_MAX_BYTES = 2 * FILE_MAX_BYTES + 10_000;

const wishesSchema = z.object({
  text: z.string(),
  profile: text,
  keyAlgorithm: keyAlgorithmSchema,
  leaveOutWarned: z.boolean().default(false),
});

/**
 * Answers a file that the page sent, as an action would; actions take no more than 1 MB with everything round it.
 *
 * @param work the domain function
 */
export async function answered<Data>(
  request: Request,
  work: (
    installation: Installation,
    actor: Actor,
    wishes: FileWishes & { leaveOutWarned: boolean },
  ) => Promise<Data>,
): Promise<Response> {
  const requestId = newId();
  let result: ActionResult<Data>;
  try {
    const here = installation();
    requireSameOrigin(request, here.config.publicUrl);
    const actor = await currentActor();
    if (actor === null)
      throw new DomainError("unauthenticated", "Sign in again in another tab, then try again.");
    const wishes = parsed(wishesSchema, await bodyOf(request));
    result = { data: await work(here, { ...actor, requestId }, wishes) };
  } catch (error) {
    if (error instanceof DomainError) {
      result = { serverError: { message: error.message, violations: error.violations } };
    } else {
      log("web").error({ err: error, requestId }, "A file could not be taken");
      result = { serverError: { message: neutralSentence(requestId), violations: [], id: requestId } };
    }
  }
  return Response.json(result, { headers: { "Cache-Control": "no-store" } });
}

async function bodyOf(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) throw new DomainError("tooLarge", "The file is larger than 1 MB.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new DomainError("malformed", "What was sent is not whole; try again.");
  }
}
