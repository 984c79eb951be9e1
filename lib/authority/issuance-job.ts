import type { Adjustment, CertificateRequest } from "#lib/authority/issuance-check.ts";
import type { CertificateSource } from "#lib/authority/issuance-record.ts";
import type { Actor } from "#lib/authorization/actor.ts";

/** One certificate that somebody wants. */
export interface IssuanceJob {
  /** Id or slug. */
  profile: string;
  request: CertificateRequest;
  source: CertificateSource;
  actor: Actor;
  /** The certificate that this one renews. */
  replacesId?: string | undefined;
  /**
   * Under which id the certificate is to be known, for whoever must find it again after a crash: an id is given
   * once, so of two issuances under one id only the first takes place. A new one when absent.
   */
  certificateId?: string | undefined;
}

export interface IssuedCertificate {
  id: string;
  serial: string;
  certificate: Uint8Array;
  /** From the issuing authority up to, but without, the root. */
  chain: readonly Uint8Array[];
  notBefore: Date;
  notAfter: Date;
  profile: string;
  authority: string;
  adjustments: readonly Adjustment[];
}

/** A job in the queue, with the ends of its promise. */
export interface QueuedJob {
  job: IssuanceJob;
  resolve(issued: IssuedCertificate): void;
  reject(error: unknown): void;
}
