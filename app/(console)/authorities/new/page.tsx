import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { listAuthorities } from "#lib/authority/authority-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { organisationName } from "#lib/identity/setup.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { AuthorityForm } from "./authority-form.tsx";

export const metadata: Metadata = { title: "New authority" };

interface NewAuthorityPageProps {
  searchParams: Promise<{ parent?: string | string[] }>;
}

/** Creates a root or an intermediate. */
export default async function NewAuthorityPage({ searchParams }: NewAuthorityPageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "authority:create")) notFound();
  const here = installation();
  const now = here.clock.now();
  const { parent } = await searchParams;
  const [authorities, organisation] = await Promise.all([
    listAuthorities(here, actor),
    organisationName(here),
  ]);
  const parents = authorities
    .filter(({ status, notAfter, pathLength }) => status === "active" && notAfter > now && pathLength !== 0)
    .map(({ id, name, purposes, pathLength, notAfter, keyAlgorithm }) => ({
      id,
      name,
      purposes,
      pathLength,
      notAfter,
      keyAlgorithm,
    }));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Authorities", href: "/authorities" }]}
        title="New authority"
        description="The defaults are good for most. What is decided here stands in its certificate and cannot be changed later."
      />
      <AuthorityForm
        parents={parents}
        organisation={organisation ?? ""}
        now={now}
        {...(typeof parent === "string" ? { wantedParent: parent } : {})}
      />
    </>
  );
}
