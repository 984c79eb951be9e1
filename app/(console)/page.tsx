import type { Metadata } from "next";
import { boundedCount } from "#components/authority/bounded-count.ts";
import { RecentCertificates } from "#components/authority/recent-certificates.tsx";
import { attentionItems } from "#components/home/attention-items.ts";
import { AttentionPanel } from "#components/home/attention-panel.tsx";
import { CountTiles } from "#components/home/count-tiles.tsx";
import { RecentActivity } from "#components/home/recent-activity.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { listAuditEvents } from "#lib/audit/read.ts";
import { listAuthorities } from "#lib/authority/authority-read.ts";
import { listProfiles } from "#lib/authority/profile-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { countValidCertificates } from "#lib/inventory/certificate-figures.ts";
import { listCertificates } from "#lib/inventory/certificate-list.ts";
import { requireSession } from "#lib/web/session.ts";
import { gatherAttention } from "./attention.ts";

export const metadata: Metadata = { title: { absolute: "Countersign" } };

const SHOWN = 8;

/** What needs a person first; then how large this is, and what happened last. */
export default async function HomePage() {
  const session = await requireSession();
  const { actor } = session;
  const here = installation();
  const seesAudit = isAllowed(actor, "audit:read");
  const [facts, authorities, profiles, issued, valid, newest, activity] = await Promise.all([
    gatherAttention(here, session),
    listAuthorities(here, actor),
    listProfiles(here, actor),
    countCertificates(here, actor),
    countValidCertificates(here, actor),
    listCertificates(here, actor, { limit: SHOWN }),
    seesAudit ? listAuditEvents(here, actor, { limit: SHOWN }) : null,
  ]);
  const active = <T extends { status: string }>(all: T[]) =>
    all.filter(({ status }) => status === "active").length;
  return (
    <>
      <PageHeader title="Home" />
      <div className="flex flex-col gap-5">
        <AttentionPanel items={attentionItems(facts)} checkedAt={facts.now} />
        <CountTiles
          tiles={[
            { label: "certificates valid now", count: boundedCount(valid), href: "/certificates" },
            { label: "certificates in all", count: issued.count.toLocaleString("en"), href: "/certificates" },
            { label: "active authorities", count: String(active(authorities)), href: "/authorities" },
            { label: "active profiles", count: String(active(profiles)), href: "/profiles" },
          ]}
        />
        <div className={activity === null ? "" : "grid items-start gap-5 xl:grid-cols-2"}>
          <Card
            title="Newest certificates"
            padding="none"
            actions={
              <ButtonLink href="/certificates" size="sm" variant="quiet">
                All certificates
              </ButtonLink>
            }
          >
            {newest.certificates.length === 0 ? (
              <EmptyState
                title="No certificates yet"
                description="The newest ones stand here."
                action={
                  isAllowed(actor, "certificate:issue") && (
                    <ButtonLink href="/certificates/new">Issue certificate</ButtonLink>
                  )
                }
              />
            ) : (
              <RecentCertificates certificates={newest.certificates} now={facts.now} />
            )}
          </Card>
          {activity !== null && (
            <Card
              title="Recent activity"
              padding="none"
              actions={
                <ButtonLink href="/audit" size="sm" variant="quiet">
                  Audit trail
                </ButtonLink>
              }
            >
              <RecentActivity events={activity.events} />
            </Card>
          )}
        </div>
      </div>
    </>
  );
}
