import { cache } from "react";
import { getFailure } from "#lib/handshake/failure-read.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";

/** The failure of a page and of its title; read once. */
export const readFailure = cache(async (id: string) =>
  orNothingHere(getFailure(installation(), await requireActor(), id)),
);
