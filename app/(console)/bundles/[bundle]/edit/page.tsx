import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { searchAnchors } from "#lib/inventory/anchor-search.ts";
import { getBundle } from "#lib/inventory/trust-bundle-read.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { chosenAnchors } from "../../anchor-choice.ts";
import { BundleForm } from "../../bundle-form.tsx";

export const metadata: Metadata = { title: "Change a trust bundle" };

/** Changes name, description and members of a trust bundle. */
export default async function EditBundlePage({ params }: { params: Promise<{ bundle: string }> }) {
  const actor = await requireActor();
  if (!isAllowed(actor, "bundle:change")) notFound();
  const here = installation();
  const bundle = await orNothingHere(getBundle(here, actor, (await params).bundle));
  const { id, version, slug, name, description, members } = bundle;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Trust bundles", href: "/bundles" },
          { label: name, href: `/bundles/${slug}` },
        ]}
        title={`Change ${name}`}
        description="Relying parties get the new state when they fetch it next."
      />
      <BundleForm
        present={{ id, version }}
        start={{ slug, name, description }}
        chosen={chosenAnchors(members)}
        first={await searchAnchors(here, actor, "")}
        base={here.config.protocolUrl}
        now={here.clock.now()}
      />
    </>
  );
}
