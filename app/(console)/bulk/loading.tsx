import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function BulkLoading() {
  return (
    <>
      <PageHeader title="Bulk work" />
      <Card padding="none">
        <Loading label="Loading bulk work" rows={8} />
      </Card>
    </>
  );
}
