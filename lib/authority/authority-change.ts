import { appendAudit } from "#lib/audit/append.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import { changedMeanwhile } from "#lib/identity/changed-meanwhile.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Retires an authority, or brings it back. A retired authority issues nothing more, neither certificates
 * nor authorities; what it issued stays as it is, and authorities below it go on.
 *
 * @param version the version that the admin saw; another one means that somebody was faster
 * @throws DomainError `notFound`, `conflict` naming who changed it meanwhile, `policyViolation` when our own
 *   listeners depend on it
 */
export async function setAuthorityStatus(
  installation: Installation,
  actor: Actor,
  id: string,
  version: number,
  status: "active" | "retired",
): Promise<void> {
  authorize(actor, "authority:create");
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const before = await transaction.authority.findUnique({
      where: { id },
      select: { name: true, status: true, version: true, profiles: { select: { slug: true } } },
    });
    if (before === null) throw new DomainError("notFound", "There is no such authority.");
    const object = { kind: "authority", id, name: before.name };
    if (before.version !== version) throw await changedMeanwhile(transaction, object);
    if (before.status === status) return;
    if (status === "retired" && before.profiles.some(({ slug }) => slug === LISTENER_PROFILE.slug)) {
      throw policyViolation(
        "status",
        "authority.listener",
        `Countersign's own listeners get their certificates from ${before.name}: give the profile ${LISTENER_PROFILE.name} another authority first.`,
      );
    }
    await transaction.authority.update({ where: { id }, data: { status, version: version + 1 } });
    // Every instance keeps what it knows of authorities in memory until this changes.
    await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
    await appendAudit(transaction, actor, now, {
      action: status === "retired" ? "authority.retired" : "authority.reactivated",
      object,
      details: { before: { status: before.status }, after: { status } },
    });
  });
}
