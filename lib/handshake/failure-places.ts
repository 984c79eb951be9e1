import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

interface Place {
  slug: string;
  name: string;
}

/** More than anybody finds in a menu; the others are found by their names. */
const PLACES_MAX = 500;

/** Services and proxies of which failures are asked for, by short name. @throws DomainError `forbidden` */
export async function failurePlaces(
  { database: { read } }: Installation,
  actor: Actor,
): Promise<{ services: Place[]; proxies: Place[] }> {
  authorize(actor, "failure:read");
  const active = {
    where: { status: "active" },
    select: { slug: true, name: true },
    orderBy: { slug: "asc" },
    take: PLACES_MAX,
  } as const;
  const [services, proxies] = await Promise.all([read.service.findMany(active), read.proxy.findMany(active)]);
  return { services, proxies };
}
