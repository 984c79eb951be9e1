import { Layers, Plus } from "lucide-react";
import type { Metadata } from "next";
import { type BundleRow, BundleTable } from "#components/bundle/bundle-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { automaticBundles } from "#lib/authority/automatic-bundles.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { endsOf, listBundles } from "#lib/inventory/trust-bundle-read.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Trust bundles" };

/** What relying parties load: the bundles that keep themselves, and those that people made. */
export default async function BundlesPage() {
  const actor = await requireActor();
  const here = installation();
  const [automatic, made] = await Promise.all([automaticBundles(here, actor), listBundles(here, actor)]);
  const now = here.clock.now();
  const automaticRows = automatic.map(
    ({ slug, name, ends }): BundleRow => ({
      slug,
      name,
      changedAt: null,
      ...endsOf(ends, now),
    }),
  );
  const create = isAllowed(actor, "bundle:change") && (
    <ButtonLink href="/bundles/new" variant="primary" icon={<Plus aria-hidden />}>
      New bundle
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title="Trust bundles"
        description="The sets of authorities that relying parties load: whoever has a certificate below one of them is trusted."
        actions={create}
      />
      <div className="flex flex-col gap-5">
        {automaticRows.length > 0 && (
          <Card
            title="Kept by Countersign"
            description="They follow the authorities by themselves."
            padding="none"
          >
            <BundleTable bundles={automaticRows} />
          </Card>
        )}
        <Card title="Made by hand" padding="none">
          {made.length === 0 ? (
            <EmptyState
              icon={<Layers />}
              title="No bundle made by hand yet"
              description="For a service that should trust other authorities than all of ours: a partner's root beside one of ours, or one intermediate only. Its file is published at an address of its own and follows every change at once."
              action={create}
            />
          ) : (
            <BundleTable bundles={made} />
          )}
        </Card>
      </div>
    </>
  );
}
