import type { PublishedRevocation } from "#components/revocation/crl-card.tsx";
import { type CrlConcern, crlConcern, crlStates } from "#lib/authority/crl-state.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

const WORST_FIRST: readonly CrlConcern[] = ["missing", "expired", "late", "due", "ok"];

/** What every authority publishes of revocation, the worst first. */
export async function publishedRevocation(
  installation: Installation,
  actor: Actor,
): Promise<PublishedRevocation[]> {
  authorize(actor, "certificate:read");
  const now = installation.clock.now();
  const states = await crlStates(installation);
  return states
    .map((state) => ({
      slug: state.slug,
      name: state.name,
      state: crlConcern(state, now),
      number: state.number.toString(),
      entries: state.crl?.entries ?? 0,
      size: state.crl?.size ?? 0,
      thisUpdate: state.crl?.thisUpdate ?? null,
      nextUpdate: state.crl?.nextUpdate ?? null,
      pendingSince: state.pendingSince,
      failingSince: state.failingSince,
      failure: state.failure,
      address: `${installation.config.protocolUrl}/crl/${state.slug}.crl`,
      responder: null,
    }))
    .sort((one, other) => WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state));
}
