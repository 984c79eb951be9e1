import type { Metadata } from "next";
import { SOFTWARE_NAMES } from "#components/failures/software-names.ts";
import { PageHeader } from "#components/shell/page-header.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { getProxy, listProxies } from "#lib/access/proxy-read.ts";
import { bundleNames } from "#lib/authority/named-bundles.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { renewForSameKey } from "../../certificates/[certificate]/actions.ts";
import { addGrant } from "../../clients/actions.ts";
import { admit } from "../../clients/callers/actions.ts";
import { publishCrls } from "../remedy/actions.ts";
import { PASTE_EXAMPLES } from "./examples.ts";
import { PasteForm } from "./paste-form.tsx";

export const metadata: Metadata = { title: "Paste a log line" };

/** More proxies than a menu takes: their software does as well. */
const PROXIES_OFFERED = 200;

interface PastePageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Any line of a log, diagnosed; nothing of it is stored. `?proxy=` begins with one of ours. */
export default async function PastePage({ searchParams }: PastePageProps) {
  const actor = await requireActor();
  const here = installation();
  const { proxy: asked } = await searchParams;
  const [{ proxies }, bundles] = await Promise.all([
    isAllowed(actor, "client:read")
      ? listProxies(here, actor, { limit: PROXIES_OFFERED })
      : Promise.resolve({ proxies: [] }),
    bundleNames(here, actor),
  ]);
  const isListed = proxies.some(({ slug }) => slug === asked);
  const first = typeof asked === "string" && !isListed ? await proxyNamed(actor, asked) : null;
  const software = Object.entries(SOFTWARE_NAMES).map(([value, label]) => ({ value, label }));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Failures", href: "/failures" }]}
        title="Paste a log line"
        description="Why a handshake failed, from the lines that a proxy wrote of it. Nothing of what you paste is stored."
      />
      <PasteForm
        proxies={[...(first === null ? [] : [first]), ...proxies].map(named)}
        software={software}
        bundles={bundles.map(named)}
        firstProxy={first?.slug ?? (typeof asked === "string" && isListed ? asked : "auto")}
        examples={PASTE_EXAMPLES}
        actions={{ renew: renewForSameKey, admit, grant: addGrant, publish: publishCrls }}
      />
    </>
  );
}

/** As it is shown and chosen. */
function named({ slug, name }: { slug: string; name: string }): { slug: string; name: string } {
  return { slug, name: harmless(name) };
}

/** One that is beyond what the menu takes, or retired; null when there is none. */
async function proxyNamed(actor: UserActor, slug: string) {
  try {
    return await getProxy(installation(), actor, slug);
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return null;
    throw error;
  }
}
