import type { Role, Scope } from "#lib/authorization/permissions.ts";

/** Who acts. Made once at the edge, passed to every domain function. */
export type Actor = UserActor | TokenActor | SystemActor;

interface ActorFacts {
  id: string;
  /** As shown in the audit trail. */
  name: string;
  /** Ties log lines, problems and audit events of one request together. */
  requestId?: string;
}

/** A person signed in at the console. */
export interface UserActor extends ActorFacts {
  kind: "user";
  role: Role;
}

/** A program with an API token. */
export interface TokenActor extends ActorFacts {
  kind: "token";
  scopes: readonly Scope[];
}

/** A job of ours: renewal of our own listener, recovery, set-up. */
export interface SystemActor extends ActorFacts {
  kind: "system";
}

/** The actor of a job. @param job e.g. `recovery` */
export function systemActor(job: string): SystemActor {
  return { kind: "system", id: job, name: `Countersign (${job})` };
}
