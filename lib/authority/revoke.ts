import { appendAudit } from "#lib/audit/append.ts";
import { forgetRevocationCounter } from "#lib/authority/revocation-counter.ts";
import {
  type HoldInput,
  holdSchema,
  type RevocationInput,
  revocationSchema,
} from "#lib/authority/revocation-input.ts";
import type { RevocationAction } from "#lib/authority/revocation-rules.ts";
import { type RevocationChange, revokePart } from "#lib/authority/revoke-part.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { truncateToSecond } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import {
  REVOCATION_FACTS,
  type RevocationFacts,
  revocationFactsOf,
} from "#lib/inventory/revocation-facts.ts";
import { parsed } from "#lib/parse.ts";

/** What became of a certificate. */
export interface RevocationOutcome {
  id: string;
  /** Null when it was released. */
  revocation: RevocationFacts | null;
}

/**
 * Revokes a certificate for good: from now on OCSP answers say so, and so does the next CRL of its issuer
 * (RFC 5280 §5.3). One that is held is revoked from now on, not from when it was held.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @param input `comment` at most 500 characters; `invalidAt` since when the key may be compromised, not before
 *   the certificate became valid and not in the future
 * @throws DomainError `notFound`, `malformed`, `conflict` when it is revoked already, `expired`, and
 *   `policyViolation` for a root and for a certificate of an authority that is not ours
 */
export async function revokeCertificate(
  installation: Installation,
  actor: Actor,
  reference: string,
  input: RevocationInput,
): Promise<RevocationOutcome> {
  authorize(actor, "certificate:revoke");
  const { reason, comment, invalidAt } = parsed(revocationSchema, input);
  const since = invalidAt == null ? null : truncateToSecond(invalidAt);
  return change(installation, actor, reference, { action: "revoke", reason, comment, invalidAt: since });
}

/**
 * Holds a certificate that is suspected: refused like a revoked one, with reason certificateHold, until it is
 * released or revoked.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @throws DomainError as `revokeCertificate`; for an authority `forbidden` unless the actor may revoke, too
 */
export async function holdCertificate(
  installation: Installation,
  actor: Actor,
  reference: string,
  input: HoldInput,
): Promise<RevocationOutcome> {
  authorize(actor, "certificate:hold");
  const { comment } = parsed(holdSchema, input);
  return change(installation, actor, reference, heldOrReleased("hold", comment));
}

/**
 * Ends a hold: the certificate is good again, and disappears from the next CRL.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @throws DomainError as `revokeCertificate`, `conflict` when it is not on hold
 */
export async function releaseCertificate(
  installation: Installation,
  actor: Actor,
  reference: string,
  input: HoldInput,
): Promise<RevocationOutcome> {
  authorize(actor, "certificate:hold");
  const { comment } = parsed(holdSchema, input);
  return change(installation, actor, reference, heldOrReleased("release", comment));
}

function heldOrReleased(action: Exclude<RevocationAction, "revoke">, comment: string): RevocationChange {
  return { action, reason: "certificateHold", comment, invalidAt: null };
}

async function change(
  installation: Installation,
  actor: Actor,
  reference: string,
  wanted: RevocationChange,
): Promise<RevocationOutcome> {
  const { id } = await isReferredTo(installation, reference);
  await authorizeAuthority(installation, actor, id);
  const now = installation.clock.now();
  const revocation = await installation.database.write(async (transaction) => {
    const { refusals, entries } = await revokePart(installation, transaction, actor, [id], wanted, now);
    const refusal = refusals.get(id);
    if (refusal !== undefined) throw refusal;
    if (entries.length === 0) throw new DomainError("notFound", "There is no such certificate.");
    await appendAudit(transaction, actor, now, ...entries);
    return transaction.revocation.findUnique({ where: { certificateId: id }, select: REVOCATION_FACTS });
  });
  forgetRevocationCounter(installation);
  return { id, revocation: revocation === null ? null : revocationFactsOf(revocation) };
}

/** Everything below an authority falls with it, for however short a time: that is more than a hold. */
async function authorizeAuthority({ database }: Installation, actor: Actor, id: string): Promise<void> {
  const certificate = await database.read.certificate.findUnique({ where: { id }, select: { kind: true } });
  if (certificate?.kind === "authority") authorize(actor, "certificate:revoke");
}
