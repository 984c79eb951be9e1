import { Download, Pencil, ScrollText } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { BundleUse } from "#components/bundle/bundle-use.tsx";
import { MemberTable } from "#components/bundle/member-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { BundleConcerns } from "../bundle-concerns.tsx";
import { BundleDeletion } from "../bundle-deletion.tsx";
import { MemberRemoval } from "../member-removal.tsx";
import { readBundlePage } from "../read-bundle.ts";

const readBundle = cache(async (slug: string) =>
  orNothingHere(readBundlePage(installation(), await requireActor(), slug)),
);

interface BundlePageProps {
  params: Promise<{ bundle: string }>;
}

export async function generateMetadata({ params }: BundlePageProps): Promise<Metadata> {
  return { title: (await readBundle((await params).bundle)).name };
}

/** One trust bundle: what it holds, what hangs on it, and how to load it. */
export default async function BundlePage({ params }: BundlePageProps) {
  const actor = await requireActor();
  const here = installation();
  const bundle = await readBundle((await params).bundle);
  const { own, members, slug, name, below } = bundle;
  const now = here.clock.now();
  const changeable = own !== null && isAllowed(actor, "bundle:change") ? own : null;
  const url = `${here.config.protocolUrl}/trust/${slug}.pem`;
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Trust bundles", href: "/bundles" }]}
        title={name}
        status={own === null && <Badge>keeps itself</Badge>}
        description={bundle.description}
        actions={
          <>
            {changeable !== null && (
              <BundleDeletion bundle={{ ...changeable, name }} address={`/trust/${slug}.pem`} below={below} />
            )}
            {own !== null && isAllowed(actor, "audit:read") && (
              <ButtonLink href={`/audit?object=bundle:${own.id}`} icon={<ScrollText aria-hidden />}>
                History
              </ButtonLink>
            )}
            <ButtonLink href={`/bundles/${slug}/download`} icon={<Download aria-hidden />} download>
              Download
            </ButtonLink>
            {changeable !== null && (
              <ButtonLink href={`/bundles/${slug}/edit`} variant="primary" icon={<Pencil aria-hidden />}>
                Change
              </ButtonLink>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <BundleConcerns members={members} now={now} changeable={changeable} />
        <Card title="Certificates" padding="none">
          {members.length === 0 ? (
            <EmptyState
              title="The bundle is empty"
              description="Nobody is trusted by it, and nginx does not start with it. Put an authority or an imported root in."
              action={
                changeable !== null && <ButtonLink href={`/bundles/${slug}/edit`}>Put some in</ButtonLink>
              }
            />
          ) : (
            <MemberTable
              members={members}
              now={now}
              actionOf={
                changeable === null
                  ? undefined
                  : (member) =>
                      member.id !== null && (
                        <MemberRemoval
                          bundle={{ ...changeable, name }}
                          member={{ id: member.id, name: member.name }}
                          lost={bundle.lostWithout.get(member.sha256) ?? 0}
                          isLast={members.length === 1}
                        />
                      )
              }
            />
          )}
        </Card>
        <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <BundleUse url={url} purposes={bundle.purposes} />
          <Card title="What hangs on it">
            <DescriptionList>
              <Description term="Certificates below">
                {below === 0
                  ? "none in the inventory"
                  : `${below.toLocaleString("en")} in the inventory, by the names of their issuers`}
              </Description>
              {own !== null && (
                <>
                  <Description term="Changed">
                    <RelativeTime time={own.changedAt} show="both" />
                  </Description>
                  <Description term="Version">{own.version}</Description>
                </>
              )}
              <Description term="Who loads it">
                Not known: relying parties fetch it without a name.
              </Description>
            </DescriptionList>
          </Card>
        </div>
      </div>
    </>
  );
}
