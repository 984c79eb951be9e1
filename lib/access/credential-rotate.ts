import { noteClientChange } from "#lib/access/access-change.ts";
import { revokeEnded } from "#lib/access/credential-end.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { checkFree, newCredential, recordCredential } from "#lib/access/credential-record.ts";
import { presentCredential } from "#lib/access/present-credential.ts";
import {
  checkRevocable,
  endAfterOverlap,
  type RotationTerms,
  rotatedCredential,
  rotationTerms,
} from "#lib/access/rotation-record.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds, truncateToSecond } from "#lib/clock.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Puts a new credential in the place of one: from now on both count, and after the overlap only the new one. Nobody
 * has to be quick, and nobody is locked out between the two.
 *
 * @param rotation `proof`: what the new one is; with a start in the future the overlap begins there
 * @returns the id of the new credential
 * @throws DomainError `malformed`; `notFound`; `conflict` when the old one has ended or is being replaced already, or
 *   the new one is somebody's already; `policyViolation` when nothing behind the old one could be revoked;
 *   `forbidden` for `revokesOld` unless the actor may revoke
 */
export async function rotateCredential(
  installation: Installation,
  actor: Actor,
  credentialId: string,
  rotation: RotationTerms & { proof: CredentialInput },
): Promise<string> {
  authorize(actor, "client:manage");
  const terms = rotationTerms(actor, rotation);
  const now = installation.clock.now();
  const wanted = newCredential(rotation.proof, now);
  const id = await installation.database.write(async (transaction) => {
    const { credential, client } = await rotatedCredential(transaction, credentialId, terms, now);
    const added = await recordCredential(transaction, actor, now, client, wanted, {
      replacesId: credentialId,
    });
    const successor = { id: added.id, startsAt: wanted.startsAt };
    const rotated = await endAfterOverlap(transaction, client, credential, successor, terms, now);
    await noteClientChange(transaction, client.id);
    await appendAudit(transaction, actor, now, added.entry, rotated);
    return added.id;
  });
  await revokeEnded(installation, actor, [credentialId]);
  return id;
}

/**
 * Changes when a credential ends: cuts an overlap short, or gives more time.
 *
 * @param endsAt the present time to end it at once; null for no end
 * @param revokesAtEnd whether its certificate is revoked then; as it was when absent
 * @throws DomainError `notFound`; `conflict` when it has ended already, or somebody else is known by the same later;
 *   `malformed` for a time that is over; `policyViolation` as `rotateCredential`; `forbidden` when its certificate is
 *   to be revoked, or earlier than was said, and the actor may not revoke
 */
export async function changeCredentialEnd(
  installation: Installation,
  actor: Actor,
  credentialId: string,
  endsAt: Date | null,
  revokesAtEnd?: boolean,
): Promise<void> {
  authorize(actor, "client:manage");
  if (revokesAtEnd === true) authorize(actor, "certificate:revoke");
  const now = installation.clock.now();
  const end = endsAt === null ? null : notBefore(truncateToSecond(endsAt), now);
  // A time that is none is refused by the same comparison.
  if (end !== null && !(end >= now)) {
    throw malformed("endsAt", "credential.times", "The time at which the credential is to end is over.");
  }
  await installation.database.write(async (transaction) => {
    const { credential, client } = await presentCredential(transaction, credentialId, now);
    const revokes = end !== null && (revokesAtEnd ?? credential.revokesAtEnd);
    // To bring a revocation forward is to revoke, though somebody else has said that it is to be.
    const isEarlier = end !== null && (credential.endsAt === null || end < credential.endsAt);
    if (revokes && isEarlier) authorize(actor, "certificate:revoke");
    if (revokesAtEnd === true) await checkRevocable(transaction, credential, now, "revokesAtEnd");
    await checkFree(transaction, { ...credential, endsAt: end });
    await transaction.credential.update({
      where: { id: credentialId },
      data: { endsAt: end, revokesAtEnd: revokes },
    });
    await noteClientChange(transaction, client.id);
    await appendAudit(transaction, actor, now, {
      action: end !== null && end <= now ? "credential.ended" : "credential.end-changed",
      object: { kind: "client", id: client.id, name: client.name },
      details: {
        credential: credentialId,
        before: { endsAt: credential.endsAt, revokesAtEnd: credential.revokesAtEnd },
        after: { endsAt: end, revokesAtEnd: revokes },
      },
    });
  });
  await revokeEnded(installation, actor, [credentialId]);
}

/** Whoever said "now" a moment ago means it still when the next second has begun. */
const JUST_NOW_SECONDS = 5;

function notBefore(end: Date, now: Date): Date {
  return end < now && end >= addSeconds(now, -JUST_NOW_SECONDS) ? now : end;
}

/** Where a credential was let in of late. */
export interface CredentialUse {
  /** Null when the service, or the proxy, is not known any more. */
  service: Named | null;
  proxy: Named | null;
  permitted: number;
  lastAt: Date;
}

interface Named {
  id: string;
  slug: string;
  name: string;
}

/** So far back a use counts as one of now. */
export const STILL_USED_HOURS = 24;

const HOUR_MS = 3_600_000;

/**
 * Who would be locked out if the credential ended now: where it was let in within the last day, the latest first.
 * Uses of the last seconds may be missing.
 *
 * @throws DomainError `forbidden`, `notFound`
 */
export async function stillUsed(
  { database: { read }, clock }: Installation,
  actor: Actor,
  credentialId: string,
): Promise<{ lastAt: Date | null; uses: CredentialUse[] }> {
  authorize(actor, "client:read");
  const credential = await read.credential.findUnique({
    where: { id: credentialId },
    select: { clientId: true, lastUsedAt: true },
  });
  if (credential === null) throw new DomainError("notFound", "There is no such credential.");
  const hour = { gte: new Date(clock.now().getTime() - STILL_USED_HOURS * HOUR_MS) };
  const rows = await read.accessHour.groupBy({
    by: ["serviceId", "proxyId"],
    where: { clientId: credential.clientId, credentialId, hour, permitted: { gt: 0 } },
    _sum: { permitted: true },
    _max: { lastAt: true },
  });
  const select = { id: true, slug: true, name: true } as const;
  const [services, proxies] = await Promise.all([
    read.service.findMany({ where: { id: { in: rows.map(({ serviceId }) => serviceId) } }, select }),
    read.proxy.findMany({ where: { id: { in: rows.map(({ proxyId }) => proxyId) } }, select }),
  ]);
  const uses = rows.map(({ serviceId, proxyId, _sum, _max }) => ({
    service: services.find(({ id }) => id === serviceId) ?? null,
    proxy: proxies.find(({ id }) => id === proxyId) ?? null,
    permitted: _sum.permitted ?? 0,
    lastAt: _max.lastAt ?? new Date(0),
  }));
  return {
    lastAt: credential.lastUsedAt,
    uses: uses.sort((one, other) => other.lastAt.getTime() - one.lastAt.getTime()),
  };
}
