import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function FailuresLoading() {
  return (
    <>
      <PageHeader title="Failures" />
      <Card padding="none">
        <Loading label="Loading the failures" />
      </Card>
    </>
  );
}
