import { Download, Network, Plus } from "lucide-react";
import type { Metadata } from "next";
import { AuthorityTree } from "#components/authority/authority-tree.tsx";
import { TrustBundles } from "#components/authority/trust-bundles.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { bundledPurposes, listAuthorities } from "#lib/authority/authority-read.ts";
import { masterKeyCare } from "#lib/authority/master-key-backup.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { issuedFigures } from "#lib/inventory/certificate-figures.ts";
import { requireActor } from "#lib/web/session.ts";
import { MasterKeyNotice } from "./master-key-notice.tsx";

export const metadata: Metadata = { title: "Authorities" };

/** The authorities as a tree, how each is doing, and what relying parties load to trust them. */
export default async function AuthoritiesPage() {
  const actor = await requireActor();
  const here = installation();
  const [authorities, bundled, care] = await Promise.all([
    listAuthorities(here, actor),
    bundledPurposes(here, actor),
    masterKeyCare(here, actor),
  ]);
  const figures = await issuedFigures(
    here,
    actor,
    authorities.map(({ id }) => id),
  );
  const mayCreate = isAllowed(actor, "authority:create");
  const create = mayCreate && (
    <>
      <ButtonLink href="/authorities/import" icon={<Download aria-hidden />}>
        Import authority
      </ButtonLink>
      <ButtonLink href="/authorities/new" variant="primary" icon={<Plus aria-hidden />}>
        New authority
      </ButtonLink>
    </>
  );
  return (
    <>
      <PageHeader
        title="Authorities"
        description="Each signs the certificates of its profiles with a key that is kept here. Relying parties trust the root."
        actions={create}
      />
      <div className="flex flex-col gap-5">
        <MasterKeyNotice care={care} mayNote={mayCreate} />
        <Card padding="none">
          {authorities.length === 0 ? (
            <EmptyState
              icon={<Network />}
              title="No authorities yet"
              description="A root and its intermediates stand here, with what each may issue and when it ends. Create a root first, then an intermediate below it for servers and one for clients; or import what you have."
              action={create}
            />
          ) : (
            <AuthorityTree authorities={authorities} figures={figures} now={here.clock.now()} />
          )}
        </Card>
        {bundled.size > 0 && <TrustBundles base={here.config.protocolUrl} purposes={bundled} />}
      </div>
    </>
  );
}
