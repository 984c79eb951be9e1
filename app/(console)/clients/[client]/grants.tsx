import { Grid3x3 } from "lucide-react";
import { EndGrant } from "#components/client/end-grant.tsx";
import { GrantDialog } from "#components/client/grant-dialog.tsx";
import { GrantTable } from "#components/client/grant-table.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { listHeldAllowlists } from "#lib/access/proxy-files.ts";
import { listServices } from "#lib/access/service-read.ts";
import { untoldProxies } from "#lib/access/untold-proxies.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { addGrant, endOneGrant } from "../actions.ts";
import type { WholeClient } from "../read-client.ts";

interface GrantsProps {
  actor: UserActor;
  client: WholeClient;
  mayManage: boolean;
}

/** More services than a menu takes are granted in the matrix. */
const SERVICES_OFFERED = 200;

/** What a client can reach: now, later, and until lately. */
export async function Grants({ actor, client, mayManage }: GrantsProps) {
  const here = installation();
  const now = here.clock.now();
  const isOver = ({ endsAt }: { endsAt: Date | null }) => endsAt !== null && endsAt <= now;
  const [present, ended] = [
    client.grants.filter((grant) => !isOver(grant)),
    client.grants.filter(isOver).reverse(),
  ];
  const { services } = mayManage
    ? await listServices(here, actor, { limit: SERVICES_OFFERED })
    : { services: [] };
  const untold = await untoldProxies(here, actor, [...new Set(present.map(({ serviceId }) => serviceId))]);
  const lists = await listHeldAllowlists(here, actor, [
    ...new Set(present.map(({ serviceId }) => serviceId)),
  ]);
  const wholeOnly = Object.fromEntries(
    present.map(({ service: { slug } }) => [
      slug,
      lists
        .filter(({ service, format }) => service.slug === slug && format !== "json")
        .map(({ proxy }) => proxy.name),
    ]),
  );
  const serviceOf = new Map(present.map(({ id, serviceId }) => [id, serviceId]));
  const mayMakeServices = mayManage && isAllowed(actor, "service:manage");
  return (
    <Card
      title="What it can reach"
      description={
        client.status === "active" ? "Everything else refuses it." : "While it is refused, none of these."
      }
      padding="none"
      actions={
        <>
          <ButtonLink
            href={`/clients/matrix?q=${encodeURIComponent(client.name)}`}
            size="sm"
            variant="quiet"
            icon={<Grid3x3 aria-hidden />}
          >
            Matrix
          </ButtonLink>
          {mayManage && services.length > 0 && (
            <GrantDialog
              client={{ id: client.id, name: client.name }}
              services={services.map(({ id, name }) => ({ id, name }))}
              grant={addGrant}
            />
          )}
        </>
      }
    >
      {present.length === 0 ? (
        <EmptyState
          title="Nothing"
          description={
            mayManage && services.length === 0
              ? mayMakeServices
                ? "There is no service yet that could be granted."
                : "There is no service yet that could be granted. Ask an admin to describe one."
              : "Each service that it may call is granted to it here, or in the matrix."
          }
          action={
            mayMakeServices &&
            services.length === 0 && <ButtonLink href="/services/new">New service</ButtonLink>
          }
        />
      ) : (
        <GrantTable
          label="Services that it can reach"
          grants={present}
          wholeOnly={wholeOnly}
          now={now}
          actionsOf={
            mayManage
              ? (grant) => (
                  <EndGrant
                    client={client.name}
                    grant={grant}
                    untold={untold[serviceOf.get(grant.id) ?? ""] ?? []}
                    end={endOneGrant}
                  />
                )
              : undefined
          }
        />
      )}
      {ended.length > 0 && (
        <details className="border-line border-t">
          <summary className="cursor-pointer px-4 py-2 text-muted text-sm">
            {ended.length === 1 ? "1 grant has ended" : `${ended.length} grants have ended`}
          </summary>
          <GrantTable label="Grants that have ended" grants={ended} now={now} />
        </details>
      )}
    </Card>
  );
}
