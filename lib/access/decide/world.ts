import type { ClientView, CredentialKind, GrantTerms, NamePattern, ServiceView } from "./snapshot.ts";

/** What a snapshot is made of. Times are milliseconds since 1970, Infinity for what has no end. */
export interface World {
  usableUntil: number;
  services: readonly WorldService[];
  clients: readonly ClientView[];
  credentials: readonly WorldCredential[];
  grants: readonly WorldGrant[];
}

export type WorldService = Omit<ServiceView, "index"> & { slug: string };

export type WorldCredential = {
  id: string;
  /** Index of its client. */
  client: number;
  startsAt: number;
  endsAt: number;
} & (
  | { kind: Exclude<CredentialKind, "name"> /** SHA-256, lower-case hex. */; sha256: string }
  | { kind: "name"; pattern: NamePattern }
);

export interface WorldGrant extends GrantTerms {
  /** Indexes. */
  client: number;
  service: number;
}
