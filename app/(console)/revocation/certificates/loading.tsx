import { RevocationTabs } from "#components/revocation/revocation-tabs.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function RevokedLoading() {
  return (
    <>
      <PageHeader breadcrumbs={[{ label: "Revocation", href: "/revocation" }]} title="Revoked certificates" />
      <RevocationTabs />
      <Card padding="none">
        <Loading label="Loading the revoked certificates" rows={10} />
      </Card>
    </>
  );
}
