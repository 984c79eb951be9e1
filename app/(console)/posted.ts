import type { z } from "zod";
import type { Actor, UserActor } from "#lib/authorization/actor.ts";
import { CSV_BYTES_MAX } from "#lib/csv-table.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { type Installation, installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { parsed } from "#lib/parse.ts";
import { neutralSentence } from "#lib/web/problem.ts";
import type { ActionResult } from "#lib/web/refusal.ts";
import { requireSameOrigin } from "#lib/web/same-origin.ts";
import { currentActor } from "#lib/web/session.ts";

/** A file of 1 MB is more as JSON: line ends and quotes are escaped. */
const FILE_BOUND: BodyBound = {
  bytesMax: 2 * CSV_BYTES_MAX + 10_000,
  detail: "The file is larger than 1 MB.",
};

/**
 * Answers a file that the page sent, as an action would; actions take no more than 1 MB with everything round it.
 *
 * @param schema what came with it
 * @param work the domain function
 */
export function answered<Schema extends z.ZodType, Data>(
  request: Request,
  schema: Schema,
  work: (installation: Installation, actor: Actor, posted: z.output<Schema>) => Promise<Data>,
): Promise<Response> {
  return answeredAs(request, async (here, actor) =>
    work(here, actor, parsed(schema, jsonOf(await bodyOf(request, FILE_BOUND)))),
  );
}

/**
 * Answers what a page sent as a body of any kind, as an action would.
 *
 * @param work reads the body by `bodyOf`, and calls the domain function
 */
export async function answeredAs<Data>(
  request: Request,
  work: (installation: Installation, actor: UserActor) => Promise<Data>,
): Promise<Response> {
  const requestId = newId();
  let result: ActionResult<Data>;
  try {
    const here = installation();
    requireSameOrigin(request, here.config.publicUrl);
    const actor = await currentActor();
    if (actor === null)
      throw new DomainError("unauthenticated", "Sign in again in another tab, then try again.");
    result = { data: await work(here, { ...actor, requestId }) };
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

/** How much of a body is read, and what is said of more. */
export interface BodyBound {
  bytesMax: number;
  detail: string;
}

/** A body, bounded. @throws DomainError `tooLarge` */
export async function bodyOf(request: Request, { bytesMax, detail }: BodyBound): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > bytesMax) throw new DomainError("tooLarge", detail);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    throw new DomainError("malformed", "What was sent is not whole; try again.");
  }
}
