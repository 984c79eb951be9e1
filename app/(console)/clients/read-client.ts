import { cache } from "react";
import { getClient } from "#lib/access/client-read.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";

/** The client of a page and of its title; read once. */
export const readClient = cache(async (id: string) =>
  orNothingHere(getClient(installation(), await requireActor(), id)),
);

/** A client as its page has it. */
export type WholeClient = Awaited<ReturnType<typeof readClient>>;
