import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { listServices } from "#lib/access/service-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { certificateChoice } from "../../explain/certificate-choice.ts";
import { proofChoices } from "../proof/proof-choices.ts";
import { NewClientForm } from "./new-client-form.tsx";

export const metadata: Metadata = { title: "New client" };

interface NewClientPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** More services than a menu takes are granted in the matrix afterwards. */
const SERVICES_OFFERED = 200;

/** Creates a client in one flow: its name, what it may call, how long, and what proves it (`?certificate=` that one). */
export default async function NewClientPage({ searchParams }: NewClientPageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "client:manage")) notFound();
  const here = installation();
  const { service: asked, certificate } = await searchParams;
  const [{ services }, choices, found] = await Promise.all([
    listServices(here, actor, { limit: SERVICES_OFFERED }),
    proofChoices(here, actor, { mayWait: true }),
    typeof certificate === "string"
      ? orNothingHere(getCertificate(here, actor, certificate))
      : Promise.resolve(null),
  ]);
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Clients", href: "/clients" }]}
        title="New client"
        description="Somebody who may call a service, and what proves that it is them."
        actions={<ButtonLink href="/clients/import">Many from a file</ButtonLink>}
      />
      <NewClientForm
        services={services.map(({ id, name }) => ({ id, name }))}
        firstService={services.find(({ slug }) => slug === asked)?.id ?? null}
        choices={choices}
        chosen={found === null ? null : certificateChoice(found, here.clock.now())}
      />
    </>
  );
}
