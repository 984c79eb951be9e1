import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ClientFileColumns } from "#components/client/client-file-columns.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { CLIENT_COLUMNS, CLIENT_ROWS_MAX } from "#lib/access/client-file.ts";
import { ALL_OR_NOTHING_MAX } from "#lib/access/client-import.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { requireActor } from "#lib/web/session.ts";
import { ImportForm } from "./import-form.tsx";

export const metadata: Metadata = { title: "Import clients" };

/** Creates a client for each line of a CSV file; every line is checked first. */
export default async function ImportClientsPage() {
  const actor = await requireActor();
  if (!isAllowed(actor, "client:manage")) notFound();
  const columns = Object.entries(CLIENT_COLUMNS).map(([name, { meaning }]) => ({ name, meaning }));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Clients", href: "/clients" }]}
        title="Import clients"
        description="One client for each line of a CSV file. Every line is checked before anything is created."
      />
      <ImportForm
        allMax={ALL_OR_NOTHING_MAX}
        columns={<ClientFileColumns columns={columns} rowsMax={CLIENT_ROWS_MAX} />}
      />
    </>
  );
}
