import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/** A service as it is chosen from a list. */
export interface NamedService {
  id: string;
  slug: string;
  name: string;
  hostNames: string[];
  /** Lets unknown callers in and records them. */
  isLearning: boolean;
  failsOpen: boolean;
}

/** More than anybody finds in a list; the palette finds the others by their short name. */
export const NAMED_SERVICES_MAX = 500;

/**
 * Active services by short name, without looking at who meets there.
 *
 * @throws DomainError `forbidden`
 */
export async function serviceNames({ database }: Installation, actor: Actor): Promise<NamedService[]> {
  authorize(actor, "client:read");
  const rows = await database.read.service.findMany({
    where: { status: "active" },
    select: { id: true, slug: true, name: true, hostNames: true, unknownClients: true, failsOpen: true },
    orderBy: { slug: "asc" },
    take: NAMED_SERVICES_MAX,
  });
  return rows.map(({ hostNames, unknownClients, ...service }) => ({
    ...service,
    isLearning: unknownClients === "learn",
    hostNames: JSON.parse(hostNames) as string[], // written by service-change.ts only
  }));
}
