import type { NameType, PresentedCertificate } from "./request.ts";

/** Everything that decisions depend on, as it was at one moment. Times are milliseconds since 1970. */
export interface Snapshot {
  /** From then on it is too old to say that somebody may enter. */
  readonly usableUntil: number;
  /** By their ids. Another map when anything in it changed. */
  readonly authorities: ReadonlyMap<string, AuthorityView>;
  /** @returns null for one that is not known, or retired */
  service(slug: string): ServiceView | null;
  /** The credentials that this certificate satisfies, whether or not their time has come, the strongest kind first. */
  credentialsOf(certificate: PresentedCertificate): CredentialView[];
  client(index: number): ClientView;
  credentialId(index: number): string;
  grants(client: number, service: number): readonly GrantTerms[];
}

/** How an authority is, together with those above it. */
export interface AuthorityView {
  state: "good" | "held" | "revoked";
  /** When the first of these certificates ends, which is the last moment of it. */
  notAfter: number;
}

export interface ServiceView {
  index: number;
  /** Bits; 0 when any key will do. */
  minimumStrength: number;
  /** Authorities whose certificates are accepted; empty for all that are known here, and what is pinned. */
  authorities: readonly string[];
  /** Whoever is not known, or not granted, is let in and recorded. */
  isLearning: boolean;
  /** When the snapshot is too old everybody is let in, with an alarm. */
  failsOpen: boolean;
}

/** How a credential is recognised, the strongest first: this certificate, this key, this name under an authority. */
export const CREDENTIAL_KINDS = ["certificate", "key", "name"] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

export interface CredentialView {
  index: number;
  client: number;
  kind: CredentialKind;
  startsAt: number;
  /** Infinity for one without an end. */
  endsAt: number;
}

export interface ClientView {
  id: string;
  name: string;
  status: "active" | "suspended" | "retired";
  /** Infinity for one without an end. */
  expiresAt: number;
}

/** Under which conditions a client may call a service. */
export interface GrantTerms {
  startsAt: number;
  /** Infinity for one without an end. */
  endsAt: number;
  /** Any of these, with all that is below it; empty for every path. */
  paths: readonly string[];
  /** Upper case; empty for every method. */
  methods: readonly string[];
}

/** A name as a credential has it: `*` stands for one label at the begin of a DNS name, `/*` for the rest of a URI. */
export interface NamePattern {
  type: NameType;
  value: string;
  /** The authority under which it counts: the same name under another one is somebody else's. */
  authority: string;
}
