import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { proofChoices } from "../../../proof/proof-choices.ts";
import { ProofForm } from "../../../proof/proof-form.tsx";
import { readClient } from "../../../read-client.ts";

interface NewCredentialPageProps {
  params: Promise<{ client: string }>;
}

export const metadata: Metadata = { title: "Another credential" };

/** Gives a client one more thing by which it is known. */
export default async function NewCredentialPage({ params }: NewCredentialPageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "client:manage")) notFound();
  const { id, name, status } = await readClient((await params).client);
  if (status === "retired") notFound();
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Clients", href: "/clients" },
          { label: harmless(name), href: `/clients/${id}` },
        ]}
        title="Another credential"
        description={`One more thing that proves ${harmless(name)}; what proves it now goes on. To put it in the place of another, rotate that one.`}
      />
      <ProofForm
        client={{ id, name }}
        choices={await proofChoices(installation(), actor)}
        kind="certificate"
        rotates={null}
      />
    </>
  );
}
