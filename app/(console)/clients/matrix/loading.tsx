import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function MatrixLoading() {
  return (
    <>
      <PageHeader breadcrumbs={[{ label: "Clients", href: "/clients" }]} title="Clients and services" />
      <Card padding="none">
        <Loading label="Loading clients and services" rows={8} />
      </Card>
    </>
  );
}
