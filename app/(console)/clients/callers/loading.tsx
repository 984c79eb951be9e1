import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function CallersLoading() {
  return (
    <>
      <PageHeader breadcrumbs={[{ label: "Clients", href: "/clients" }]} title="Callers from traffic" />
      <Card padding="none">
        <Loading label="Loading callers" />
      </Card>
    </>
  );
}
