import { CircleHelp } from "lucide-react";
import type { Metadata } from "next";
import type { CertificateChoice } from "#components/access/certificate-choice.tsx";
import { ExplainForm } from "#components/access/explain-form.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { serviceNames } from "#lib/access/service-names.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { requireActor } from "#lib/web/session.ts";
import { explain, findChoices } from "./actions.ts";
import { certificateChoice } from "./certificate-choice.ts";

export const metadata: Metadata = { title: "Explain a decision" };

interface ExplainPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Why a caller gets in or is refused: every rule in order, with its verdict and what to do. */
export default async function ExplainPage({ searchParams }: ExplainPageProps) {
  const actor = await requireActor();
  const { certificate, service, method, path } = await searchParams;
  const [services, chosen] = await Promise.all([
    serviceNames(installation(), actor),
    typeof certificate === "string" ? choiceOf(actor, certificate) : null,
  ]);
  return (
    <>
      <PageHeader
        title="Explain a decision"
        description="Why a caller gets in or is refused, by the very rules by which proxies are answered. Nothing is counted and nobody is let in."
      />
      {services.length === 0 ? (
        <Card>
          <EmptyState
            icon={<CircleHelp />}
            title="There is no service yet"
            description="A decision is always about a service."
            action={
              isAllowed(actor, "service:manage") && <ButtonLink href="/services/new">New service</ButtonLink>
            }
          />
        </Card>
      ) : (
        <ExplainForm
          services={services.map(({ slug, name }) => ({ slug, name }))}
          start={{
            chosen,
            service: services.find(({ slug }) => slug === service)?.slug ?? "",
            method: typeof method === "string" ? method : "GET",
            path: typeof path === "string" ? path : "/",
          }}
          search={findChoices}
          explain={explain}
        />
      )}
    </>
  );
}

/** A link may name a certificate that is gone. */
async function choiceOf(actor: Actor, id: string): Promise<CertificateChoice | null> {
  try {
    const found = await getCertificate(installation(), actor, id);
    return certificateChoice(found, installation().clock.now());
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return null;
    throw error;
  }
}
