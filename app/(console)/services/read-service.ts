import { cache } from "react";
import { getService } from "#lib/access/service-read.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";

/** The service of a page and of its title; read once. @param slug as the address has it */
export const readService = cache(async (slug: string) =>
  orNothingHere(getService(installation(), await requireActor(), slug)),
);
