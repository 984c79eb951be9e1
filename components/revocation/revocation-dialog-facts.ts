import type { ActionResult } from "#lib/web/refusal.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** The certificate that a dialog is about. */
export interface RevocableCertificate {
  id: string;
  name: string;
  kind: "end-entity" | "authority";
  /** Whether a new one can be issued in its place under its profile. */
  renewable: boolean;
}

/** What a revocation breaks, as the server tells it when the dialog opens. */
export interface Consequences {
  successor: { id: string; name: string; notAfter: Date } | null;
  lastSeenAt: Date | null;
  lastSeenWhere: string | null;
  isAuthority: boolean;
  /** Certificates that have not expired and fall with an authority. */
  liveBelow: number;
}

/** When verifiers learn of a change. */
export interface PublicationForecast {
  /** Seconds until the CRL has it, at most. */
  crlSeconds: number;
  /** Until when verifiers may go on with the CRL that they have; null while there is none. */
  oldCrlUntil: Date | null;
}

/** The server actions behind the dialogs. */
export interface RevocationActions {
  consequences(input: { certificate: string }): Promise<ActionResult<Consequences> | undefined>;
  revoke(input: {
    certificate: string;
    reason: RevocationReason;
    comment: string;
    /** Compromised since, as a browser writes it: "2026-11-22T21:48", UTC; empty when it is not known. */
    compromisedSince: string;
  }): Promise<ActionResult<PublicationForecast> | undefined>;
  hold(input: {
    certificate: string;
    comment: string;
  }): Promise<ActionResult<PublicationForecast> | undefined>;
  release(input: {
    certificate: string;
    comment: string;
  }): Promise<ActionResult<PublicationForecast> | undefined>;
}
