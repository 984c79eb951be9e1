import type { Actor } from "#lib/authorization/actor.ts";
import { PERMISSIONS, type Permission, roleAllows } from "#lib/authorization/permissions.ts";
import { DomainError } from "#lib/errors.ts";

/**
 * The first line of every domain function.
 *
 * @param actor who asks
 * @param permission what the function needs
 * @throws DomainError `forbidden`, naming the permission
 */
export function authorize(actor: Actor, permission: Permission): void {
  if (!isAllowed(actor, permission)) {
    throw new DomainError(
      "forbidden",
      `${spokenName(actor)} may not do this; it needs the permission ${permission} (${PERMISSIONS[permission].meaning.toLowerCase()}).`,
    );
  }
}

/** Whether an actor may, for showing or hiding a control; the guard is `authorize`. */
export function isAllowed(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case "system":
      return true;
    case "user":
      return roleAllows(actor.role, permission);
    case "token":
      return (actor.scopes as readonly string[]).includes(permission);
  }
}

function spokenName(actor: Actor): string {
  return actor.kind === "user" ? `The role ${actor.role}` : "This API token";
}
