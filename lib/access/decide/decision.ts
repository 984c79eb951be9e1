/** Why somebody is let in, or not. Shown, counted, sent to proxies, and never renamed. */
export const PERMITS = ["granted", "learning", "fail-open"] as const;
export const DENIALS = [
  "service-unknown",
  "snapshot-too-old",
  "certificate-absent",
  "certificate-unreadable",
  "certificates-several",
  "certificate-not-yet-valid",
  "certificate-expired",
  "certificate-not-for-clients",
  "key-too-weak",
  "certificate-revoked",
  "certificate-held",
  "revocation-unknown",
  "authority-revoked",
  "authority-held",
  "authority-expired",
  "credential-not-started",
  "credential-ended",
  "client-unknown",
  "clients-several",
  "issuer-not-accepted",
  "client-suspended",
  "client-retired",
  "client-expired",
  "not-granted",
  "grant-not-started",
  "grant-ended",
  "path-not-granted",
  "method-not-granted",
] as const;

export type Permit = (typeof PERMITS)[number];
export type Denial = (typeof DENIALS)[number];

/** The answer to an access request. */
export interface Decision {
  permitted: boolean;
  reason: Permit | Denial;
  /** Index of the client in the snapshot; null when it was not told who it is. */
  client: number | null;
  /** Index of the credential by which it was known. */
  credential: number | null;
}
