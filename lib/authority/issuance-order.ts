import type { IssuanceJob } from "#lib/authority/issuance-job.ts";
import type { CertificateSource } from "#lib/authority/issuance-record.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { malformed } from "#lib/errors.ts";
import { parseCertificateSigningRequest, verifyProofOfPossession } from "#lib/x509/csr.ts";
import { extensionValue } from "#lib/x509/extension-reader.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import type { Name } from "#lib/x509/name.ts";

/** An issuance as it is asked for, before anything of it was looked at. */
export interface IssuanceOrder {
  /** Id or slug of a profile. */
  profile: string;
  /** A certificate signing request, or a key whose possession was proven here. */
  key: { csr: string | Uint8Array } | { spki: Uint8Array };
  /** Instead of what the signing request says. */
  subject?: Name | undefined;
  names?: readonly GeneralName[] | undefined;
  /** Seconds; the profile's usual lifetime when absent. */
  lifetimeSeconds?: number | undefined;
  source: CertificateSource;
  actor: Actor;
  replacesId?: string | undefined;
  /** See IssuanceJob. */
  certificateId?: string | undefined;
}

/**
 * Reads an order: parses the signing request and checks its proof of possession (RFC 2986 §4.2).
 * The costliest step of an issuance, so the protocol plane does it on a thread of its own.
 *
 * @throws DomainError `malformed` or `tooLarge` about the field `csr`
 */
export function readOrder(order: IssuanceOrder): IssuanceJob {
  const asked =
    "csr" in order.key ? readRequest(order.key.csr) : { spki: order.key.spki, subject: [], names: [] };
  return {
    profile: order.profile,
    request: {
      spki: asked.spki,
      subject: order.subject ?? asked.subject,
      names: order.names ?? asked.names,
      lifetimeSeconds: order.lifetimeSeconds,
    },
    source: order.source,
    actor: order.actor,
    replacesId: order.replacesId,
    certificateId: order.certificateId,
  };
}

/** Parses a signing request and refuses what no profile could allow. */
export function readRequest(input: string | Uint8Array) {
  const csr = parseCertificateSigningRequest(input);
  if (csr.unknownAttributes.length > 0) {
    throw malformed(
      "csr",
      "rfc2986.4.1.attributes",
      `The signing request has attributes that are not understood: ${csr.unknownAttributes.join(", ")}.`,
    );
  }
  if (extensionValue(csr.requestedExtensions, "basicConstraints")?.ca === true) {
    throw malformed(
      "csr",
      "profile.end-entity",
      "The signing request asks for an authority (CA:TRUE); profiles issue end-entity certificates only.",
    );
  }
  verifyProofOfPossession(csr);
  return csr;
}
