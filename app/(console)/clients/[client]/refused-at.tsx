import Link from "next/link";
import { refusalAt } from "#components/client/refusal-words.ts";
import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Status } from "#components/ui/status.tsx";
import { listFrontProxies } from "#lib/access/proxy-files.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { installation } from "#lib/installation.ts";
import type { WholeClient } from "../read-client.ts";

/** Grants that ended so long ago are on no list any more. */
const ENDED_MS = 86_400_000;

/** Where a client that is not to enter any more is refused already, and which proxies may not know of it yet. */
export async function RefusedAt({ actor, client }: { actor: UserActor; client: WholeClient }) {
  const since = refusedSince(client);
  if (since === null) return null;
  const here = installation();
  const now = here.clock.now();
  const granted = client.grants.filter(
    ({ endsAt }) => endsAt === null || endsAt.getTime() > since.getTime() - ENDED_MS,
  );
  const fronts = await listFrontProxies(here, actor, [...new Set(granted.map(({ serviceId }) => serviceId))]);
  if (fronts.length === 0) return null;
  return (
    <Card title="Who refuses it" description="Each proxy in front of a service that it was granted.">
      <ul className="divide-y divide-line">
        {fronts.map(({ proxy, service, list }) => {
          const { tone, words } = refusalAt(list, since, now);
          return (
            <li key={`${proxy.id} ${service.id}`} className="grid gap-x-4 py-1.5 sm:grid-cols-2">
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <Link href={`/proxies/${proxy.slug}`} prefetch={false} className="text-link">
                  {harmless(proxy.name)}
                </Link>{" "}
                <span className="text-muted">at {harmless(service.name)}</span>
              </span>
              <Status tone={tone}>{words}</Status>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function refusedSince({ state, statusSince, expiresAt }: WholeClient): Date | null {
  if (state === "suspended" || state === "retired") return statusSince;
  return state === "expired" ? expiresAt : null;
}
