import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/** More than anybody finds in a menu. */
const ASSIGNEES_MAX = 200;

/**
 * Who may be given a failure to look after: people with an active account, by name. Whoever may assign sees their names
 * and no more of them.
 *
 * @throws DomainError `forbidden`
 */
export async function assignees(
  { database: { read } }: Installation,
  actor: Actor,
): Promise<{ id: string; name: string }[]> {
  authorize(actor, "failure:manage");
  return read.user.findMany({
    where: { status: "active" },
    select: { id: true, name: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: ASSIGNEES_MAX,
  });
}
