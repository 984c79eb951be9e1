import { RotateCw } from "lucide-react";
import { CredentialList } from "#components/client/credential-list.tsx";
import {
  type CredentialFacts,
  countsNow,
  credentialName,
  credentialPhase,
} from "#components/client/credential-words.ts";
import { EndCredential } from "#components/client/end-credential.tsx";
import { StillUsed } from "#components/client/still-used.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { stillUsed } from "#lib/access/credential-rotate.ts";
import { revocableCredentials } from "#lib/access/revocable-credentials.ts";
import { untoldProxies } from "#lib/access/untold-proxies.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { installation } from "#lib/installation.ts";
import { setCredentialEnd } from "../actions.ts";
import type { WholeClient } from "../read-client.ts";

interface CredentialsProps {
  actor: UserActor;
  client: WholeClient;
  mayManage: boolean;
}

/** Ended ones in view; the audit trail has all. */
const ENDED_SHOWN = 20;

/** What proves a client: now, next, and until lately. */
export async function Credentials({ actor, client, mayManage }: CredentialsProps) {
  const here = installation();
  const now = here.clock.now();
  const all: readonly CredentialFacts[] = client.credentials;
  const phaseOf = (credential: CredentialFacts) => credentialPhase(credential, all, now);
  const present = all.filter((each) => phaseOf(each) !== "ended");
  const ended = all.filter((each) => phaseOf(each) === "ended").reverse();
  const counting = present.filter((each) => countsNow(each, all, now));
  const untold = Object.values(
    await untoldProxies(here, actor, [...new Set(client.grants.map(({ serviceId }) => serviceId))]),
  ).flat();
  const uses = new Map(
    await Promise.all(
      present.map(async (each) => [each.id, { ...(await stillUsed(here, actor, each.id)), untold }] as const),
    ),
  );
  const overlapping = new Set(present.filter((each) => phaseOf(each) === "overlap").map(({ id }) => id));
  const revocable = await revocableCredentials(here, actor, present);
  return (
    <Card
      title="What proves it"
      description="Whoever comes with one of these is this client."
      padding="none"
      actions={
        mayManage && (
          <ButtonLink href={`/clients/${client.id}/credentials/new`} size="sm">
            Add another
          </ButtonLink>
        )
      }
    >
      {present.length === 0 ? (
        <EmptyState
          title="Nothing proves it"
          description="A certificate, a key, or a name under an authority: until it has one, nobody comes in as this client."
        />
      ) : (
        <CredentialList
          credentials={present}
          all={all}
          now={now}
          stillUsed={new Map([...uses].filter(([id]) => overlapping.has(id)))}
          actionsOf={
            mayManage
              ? (credential) => (
                  <>
                    {!overlapping.has(credential.id) && (
                      <ButtonLink
                        href={`/clients/${client.id}/rotate/${credential.id}`}
                        size="sm"
                        icon={<RotateCw aria-hidden />}
                      >
                        Rotate
                      </ButtonLink>
                    )}
                    <EndCredential
                      credential={{
                        id: credential.id,
                        name: harmless(credentialName(credential)),
                        revokesAtEnd: credential.revokesAtEnd,
                        isEnding: credential.endsAt !== null,
                      }}
                      isLast={counting.length === 1 && counting[0]?.id === credential.id}
                      mayRevoke={revocable.has(credential.id)}
                      use={<StillUsed {...(uses.get(credential.id) ?? { lastAt: null, uses: [], untold })} />}
                      changeEnd={setCredentialEnd}
                    />
                  </>
                )
              : undefined
          }
        />
      )}
      {ended.length > 0 && (
        <details className="border-line border-t">
          <summary className="cursor-pointer px-4 py-2 text-muted text-sm">
            {ended.length === 1 ? "1 that has ended" : `${ended.length} that have ended`}
          </summary>
          <CredentialList credentials={ended.slice(0, ENDED_SHOWN)} all={all} now={now} />
        </details>
      )}
    </Card>
  );
}
