import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { requireActor } from "#lib/web/session.ts";
import { ImportForm } from "./import-form.tsx";

export const metadata: Metadata = { title: "Import authority" };

/** Takes over an authority that exists elsewhere, with its key. */
export default async function ImportAuthorityPage() {
  const actor = await requireActor();
  if (!isAllowed(actor, "authority:create")) notFound();
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Authorities", href: "/authorities" }]}
        title="Import authority"
        description="An authority that exists already goes on here: what it issued before stays valid, and from now on it issues here."
      />
      <div className="flex max-w-3xl flex-col gap-5">
        <Notice tone="warn" title="Its private key travels to this server">
          It is sent over this page’s connection, encrypted under the master key and never handed out again.
          Copies elsewhere keep their power: destroy them, and stop the old software from issuing, or two
          places will sign with one key and neither knows all certificates. A root that signs only now and
          then is better left offline: create an intermediate for Countersign there, and import that.
        </Notice>
        <Notice tone="warn" title="What its former software revoked has to come along">
          Its CRL is published here from now on, with those certificates only that are revoked here: proxies
          that fetch it would let all others in again. Import the certificates first, then the authority with
          its last CRL. What is on that list and not in the inventory is not on ours; where that matters,
          leave the authority where it is until those certificates have ended.
        </Notice>
        <ImportForm />
      </div>
    </>
  );
}
