import { cache } from "react";
import { getProxy } from "#lib/access/proxy-read.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";

/** The proxy of a page and of its title; read once. @param slug as the address has it */
export const readProxy = cache(async (slug: string) =>
  orNothingHere(getProxy(installation(), await requireActor(), slug)),
);
