import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NEW_SERVICE } from "#components/service/service-draft.ts";
import { PageHeader } from "#components/shell/page-header.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { acceptableAuthorities } from "../acceptable-authorities.ts";
import { ServiceForm } from "../service-form.tsx";

export const metadata: Metadata = { title: "New service" };

/** Makes a service, which nobody may call yet. */
export default async function NewServicePage() {
  const actor = await requireActor();
  if (!isAllowed(actor, "service:manage")) notFound();
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Services", href: "/services" }]}
        title="New service"
        description="Something that a proxy protects. Nobody may call it until clients are granted it."
      />
      <ServiceForm start={NEW_SERVICE} authorities={await acceptableAuthorities(installation(), actor)} />
    </>
  );
}
