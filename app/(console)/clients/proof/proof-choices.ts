import { type AuthorityView, listAuthorities } from "#lib/authority/authority-read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import type { Replaced } from "../../certificates/new/draft.ts";
import { issuableProfiles } from "../../certificates/new/issuable-profiles.ts";
import type { ProofChoices } from "./proof-draft.ts";

/**
 * What a form of a proof can offer to a person.
 *
 * @param replaced the certificate whose place is taken, when there is one
 * @param mayWait whether it may be left for later
 */
export async function proofChoices(
  installation: Installation,
  actor: UserActor,
  { replaced = null, mayWait = false }: { replaced?: Replaced | null; mayWait?: boolean } = {},
): Promise<ProofChoices> {
  const [profiles, authorities] = await Promise.all([
    issuableProfiles(installation, actor),
    listAuthorities(installation, actor),
  ]);
  const forClients = profiles.filter(({ rules }) => rules.usages.includes("client"));
  const isKept = forClients.some(({ slug }) => slug === replaced?.profile);
  const mayIssue = isAllowed(actor, "certificate:issue");
  return {
    profiles: forClients,
    // Those that issue for clients come first: a root signs no client, as a rule.
    authorities: authorities
      .toSorted((one, other) => Number(isLikely(other)) - Number(isLikely(one)))
      .map(({ id, name }) => ({ id, name })),
    issuingObstacle: mayIssue
      ? forClients.length === 0
        ? "There is no profile for clients to issue under."
        : null
      : `Your role, ${actor.role}, does not issue certificates.`,
    replaced: isKept ? replaced : null,
    mayWait,
  };
}

function isLikely({ kind, purposes }: AuthorityView): boolean {
  return kind === "intermediate" && purposes.includes("client");
}
