import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { listHeldAllowlists } from "#lib/access/proxy-files.ts";
import { SERVICE_COUNT_MAX } from "#lib/access/service-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { acceptableAuthorities } from "../../acceptable-authorities.ts";
import { readService } from "../../read-service.ts";
import { ServiceForm } from "../../service-form.tsx";

interface EditServicePageProps {
  params: Promise<{ service: string }>;
}

export async function generateMetadata({ params }: EditServicePageProps): Promise<Metadata> {
  const { name } = await readService((await params).service);
  return { title: `Change ${harmless(name)}` };
}

/** Changes a service; its short name stays. */
export default async function EditServicePage({ params }: EditServicePageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "service:manage")) notFound();
  const service = await readService((await params).service);
  if (service.status === "retired") notFound();
  const lists = await listHeldAllowlists(installation(), actor, [service.id]);
  const { id, version, slug, name, notes, hostNames, minimumStrength, ...rest } = service;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Services", href: "/services" },
          { label: harmless(name), href: `/services/${slug}` },
        ]}
        title={`Change ${harmless(name)}`}
      />
      <ServiceForm
        present={{ id, version, callersWaiting: rest.callersUnknown, countMax: SERVICE_COUNT_MAX }}
        start={{
          ...{ slug, name, notes, authorities: rest.authorities },
          ...{ unknownClients: rest.unknownClients, failsOpen: rest.failsOpen },
          hostNames: hostNames.join("\n"),
          minimumStrength: String(minimumStrength),
        }}
        fileProxies={[...new Set(lists.map(({ proxy }) => proxy.name))]}
        authorities={await acceptableAuthorities(installation(), actor)}
      />
    </>
  );
}
