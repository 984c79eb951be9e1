import { appendAudit } from "#lib/audit/append.ts";
import { crlStates } from "#lib/authority/crl-state.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * Asks for a new CRL of an authority though nothing changed: for proxies that hold one which is past its next update.
 * It is published within seconds, by whichever instance publishes (crl-publish.ts). A list that waits to be published
 * already is that list.
 *
 * @param authorityId of one of ours
 * @throws DomainError `forbidden`; `notFound` for an authority that there is not, `policyViolation` for one that has
 *   ended and publishes no more
 */
export async function requestCrl(
  installation: Installation,
  actor: Actor,
  authorityId: string,
): Promise<void> {
  authorize(actor, "crl:manage");
  const now = installation.clock.now();
  const publishes = (await crlStates(installation)).some((state) => state.authorityId === authorityId);
  await installation.database.write(async (transaction) => {
    const authority = await transaction.authority.findUnique({
      where: { id: authorityId },
      select: { slug: true, name: true },
    });
    if (authority === null) throw new DomainError("notFound", "There is no such authority.");
    if (!publishes) {
      const detail = `${authority.name} has ended and publishes no CRL any more.`;
      throw policyViolation("authority", "crl.end", detail);
    }
    await transaction.crlPublication.updateMany({
      where: { authorityId, pendingSince: null },
      data: { pendingSince: now },
    });
    await appendAudit(transaction, actor, now, {
      action: "crl.requested",
      object: { kind: "authority", id: authorityId, name: authority.name },
      details: { authority: authority.slug },
    });
  });
}
