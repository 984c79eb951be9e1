import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";

/** An authority that a profile may be given. */
export interface AuthorityChoice {
  id: string;
  name: string;
  kind: "root" | "intermediate";
  status: "active" | "retired";
  purposes: ("server" | "client")[];
  notAfter: Date;
  /** Its own and those of every authority above it. */
  constraints: NameConstraints[];
}
