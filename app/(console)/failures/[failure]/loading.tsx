import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function FailureLoading() {
  return (
    <>
      <PageHeader breadcrumbs={[{ label: "Failures", href: "/failures" }]} title="Failure" />
      <Card padding="none">
        <Loading label="Loading the failure" />
      </Card>
    </>
  );
}
