import { getClient } from "#lib/access/client-read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import type { ShownFailure } from "#lib/handshake/failure-read.ts";
import { installation } from "#lib/installation.ts";

/** Who is said to look after the client of a failure; empty when nobody is. */
export async function clientOwner(actor: UserActor, { client }: ShownFailure): Promise<string> {
  if (client === null) return "";
  try {
    return (await getClient(installation(), actor, client.id)).owner;
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return "";
    throw error;
  }
}
