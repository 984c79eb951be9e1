import type {
  AuthorityView,
  ClientView,
  CredentialKind,
  GrantTerms,
  NamePattern,
  ServiceView,
} from "./snapshot.ts";

/** What a snapshot is made of. Times are milliseconds since 1970, Infinity for what has no end. */
export interface World {
  usableUntil: number;
  /** By their ids; of one that is not among them nothing bad is known. */
  authorities?: ReadonlyMap<string, AuthorityView>;
  services: readonly WorldService[];
  clients: readonly ClientView[];
  credentials: readonly WorldCredential[];
  grants: readonly WorldGrant[];
}

export type WorldService = Omit<ServiceView, "index"> & { slug: string };

/** How a credential is recognised, and when it counts. */
export type CredentialTerms = {
  id: string;
  startsAt: number;
  endsAt: number;
} & (
  | {
      kind: Exclude<CredentialKind, "name">;
      /** Lower-case hex. */
      sha256: string;
    }
  | { kind: "name"; pattern: NamePattern }
);

/** With the index of its client in the list of clients. */
export type WorldCredential = CredentialTerms & { client: number };

export interface WorldGrant extends GrantTerms {
  /** Indexes. */
  client: number;
  service: number;
}
