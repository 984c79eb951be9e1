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
        <Notice tone="warn" title="What its former software revoked is not taken over">
          Its CRL is published here from now on, and begins without the revocations that were made elsewhere:
          proxies that fetch it would let those certificates in again. Import the certificates first, and
          revoke here what was revoked there before proxies fetch the new list; or leave the authority where
          it is until they have ended. A former CRL with a number higher than ours (the time in seconds) is
          preferred by some programs until it ends.
        </Notice>
        <ImportForm />
      </div>
    </>
  );
}
