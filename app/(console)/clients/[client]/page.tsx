import { Pencil } from "lucide-react";
import type { Metadata } from "next";
import { ClientFacts } from "#components/client/client-facts.tsx";
import { STATE_WORDS } from "#components/client/client-words.ts";
import { LastUse } from "#components/client/last-use.tsx";
import { RetireDialog } from "#components/client/retire-dialog.tsx";
import { StatusSwitch } from "#components/client/status-switch.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Status } from "#components/ui/status.tsx";
import { certificatesOfClient } from "#lib/access/client-status.ts";
import { untoldProxies } from "#lib/access/untold-proxies.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { OwnFailuresPanel } from "../../failures/own-panel.tsx";
import { resume, retire, suspend } from "../actions.ts";
import { readClient } from "../read-client.ts";
import { Concerns } from "./concerns.tsx";
import { Credentials } from "./credentials.tsx";
import { Grants } from "./grants.tsx";
import { History } from "./history.tsx";
import { RefusedAt } from "./refused-at.tsx";

interface ClientPageProps {
  params: Promise<{ client: string }>;
}

export async function generateMetadata({ params }: ClientPageProps): Promise<Metadata> {
  return { title: harmless((await readClient((await params).client)).name) };
}

/** One client: how it is doing, what proves it, what it may call, and its use. */
export default async function ClientPage({ params }: ClientPageProps) {
  const actor = await requireActor();
  const here = installation();
  const client = await readClient((await params).client);
  const { id, name, status, lastUsedAt, isProtected } = client;
  const mayManage = status !== "retired" && isAllowed(actor, "client:manage");
  const certificates = mayManage ? await certificatesOfClient(here, actor, id) : [];
  const untold = Object.values(
    mayManage
      ? await untoldProxies(here, actor, [...new Set(client.grants.map((grant) => grant.serviceId))])
      : {},
  ).flat();
  const { tone, word } = STATE_WORDS[client.state];
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Clients", href: "/clients" }]}
        title={harmless(name)}
        status={<Status tone={tone}>{word}</Status>}
        actions={
          mayManage && (
            <>
              <RetireDialog
                client={{ id, name, lastUsedAt, isProtected }}
                untold={untold}
                certificates={certificates}
                mayRevoke={isAllowed(actor, "certificate:revoke")}
                retire={retire}
              />
              <ButtonLink href={`/clients/${id}/edit`} icon={<Pencil aria-hidden />}>
                Change
              </ButtonLink>
              <StatusSwitch client={{ id, name, status }} suspend={suspend} resume={resume} />
            </>
          )
        }
      />
      <div className="flex flex-col gap-5">
        <Concerns client={client} now={here.clock.now()} mayManage={mayManage} />
        <RefusedAt actor={actor} client={client} />
        <OwnFailuresPanel actor={actor} of="client" reference={id} />
        <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="flex min-w-0 flex-col gap-5">
            <Credentials actor={actor} client={client} mayManage={mayManage} />
            <Grants actor={actor} client={client} mayManage={mayManage} />
          </div>
          <div className="flex min-w-0 flex-col gap-5">
            <LastUse client={client} />
            <ClientFacts client={client} />
            <History actor={actor} clientId={id} />
          </div>
        </div>
      </div>
    </>
  );
}
