import { heldAllowlists } from "#lib/access/proxy-files.ts";
import { servicesWithUntoldUse } from "#lib/access/untold-use.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * The names of proxies that decide from a file and do not report who came: whoever enters through one is not seen.
 *
 * @returns by the id of the service, of those that have any
 * @throws DomainError `forbidden`
 */
export async function untoldProxies(
  { database, clock }: Installation,
  actor: Actor,
  serviceIds: readonly string[],
): Promise<Record<string, string[]>> {
  authorize(actor, "client:read");
  const untold = new Set(await servicesWithUntoldUse(database.read, clock.now()));
  const asked = serviceIds.filter((id) => untold.has(id));
  if (asked.length === 0) return {};
  const found: Record<string, string[]> = {};
  for (const { service, proxy } of await heldAllowlists(database.read, asked)) {
    const names = found[service.id] ?? [];
    found[service.id] = names.includes(proxy.name) ? names : [...names, proxy.name];
  }
  return found;
}
