import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { typedUtc } from "#components/client/client-draft.ts";
import { PageHeader } from "#components/shell/page-header.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { requireActor } from "#lib/web/session.ts";
import { readClient } from "../../read-client.ts";
import { EditForm } from "./edit-form.tsx";

interface EditClientPageProps {
  params: Promise<{ client: string }>;
}

export async function generateMetadata({ params }: EditClientPageProps): Promise<Metadata> {
  const { name } = await readClient((await params).client);
  return { title: `Change ${harmless(name)}` };
}

/** Changes the facts of a client; what it may call and by what it is known is changed on its page. */
export default async function EditClientPage({ params }: EditClientPageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "client:manage")) notFound();
  const client = await readClient((await params).client);
  if (client.status === "retired") notFound();
  const { id, version, name, environment, owner, tags, notes, expiresAt, isProtected } = client;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Clients", href: "/clients" },
          { label: harmless(name), href: `/clients/${id}` },
        ]}
        title={`Change ${harmless(name)}`}
      />
      <EditForm
        present={{ id, version }}
        start={{
          ...{ name, environment, owner, notes, isProtected },
          tags: tags.join(" "),
          expiresAt: typedUtc(expiresAt),
        }}
      />
    </>
  );
}
