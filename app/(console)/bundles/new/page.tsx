import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { searchAnchors } from "#lib/inventory/anchor-search.ts";
import { requireActor } from "#lib/web/session.ts";
import { BundleForm } from "../bundle-form.tsx";

export const metadata: Metadata = { title: "New trust bundle" };

/** Makes a trust bundle. */
export default async function NewBundlePage() {
  const actor = await requireActor();
  if (!isAllowed(actor, "bundle:change")) notFound();
  const here = installation();
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Trust bundles", href: "/bundles" }]}
        title="New trust bundle"
        description="Made of authorities: ours, and those whose certificates were imported."
      />
      <BundleForm
        start={{ slug: "", name: "", description: "" }}
        chosen={[]}
        first={await searchAnchors(here, actor, "")}
        base={here.config.protocolUrl}
        now={here.clock.now()}
      />
    </>
  );
}
