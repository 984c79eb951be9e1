import type { AuthorityChoice } from "#components/profile/authority-choice.ts";
import { listAuthorities } from "#lib/authority/authority-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * The authorities that a profile may be given: those that are active, and the present one.
 *
 * @param presentId the profile's authority, which stays a choice even when it is retired
 */
export async function authorityChoices(
  installation: Installation,
  actor: Actor,
  presentId?: string,
): Promise<AuthorityChoice[]> {
  const all = await listAuthorities(installation, actor);
  return all
    .filter(({ id, status }) => status === "active" || id === presentId)
    .map(({ id, name, kind, status, purposes, notAfter, nameConstraints, parentId }) => {
      const constraints = nameConstraints === null ? [] : [nameConstraints];
      for (let above = parentId; above !== null; ) {
        const parent = all.find((authority) => authority.id === above);
        if (parent !== undefined && parent.nameConstraints !== null) constraints.push(parent.nameConstraints);
        above = parent?.parentId ?? null;
      }
      return { id, name, kind, status, purposes, notAfter, constraints };
    });
}
