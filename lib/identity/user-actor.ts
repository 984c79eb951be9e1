import type { UserActor } from "#lib/authorization/actor.ts";
import { ROLES, type Role } from "#lib/authorization/permissions.ts";

/** The columns of a person that actors are made of. */
export const PERSON_COLUMNS = { id: true, name: true, email: true, role: true, status: true } as const;

export interface Person {
  id: string;
  name: string;
  email: string;
  role: string;
  status: string;
}

/** A stored role; an unknown one, e.g. of a newer version, gives the least. */
export function roleFrom(stored: string): Role {
  return ROLES.find((role) => role === stored) ?? "viewer";
}

/** The one way from a person to an actor. */
export function userActor(person: Person, requestId: string): UserActor {
  return {
    kind: "user",
    id: person.id,
    name: `${person.name} <${person.email}>`,
    role: roleFrom(person.role),
    requestId,
  };
}
