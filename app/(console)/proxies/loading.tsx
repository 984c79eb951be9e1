import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function ProxiesLoading() {
  return (
    <>
      <PageHeader title="Proxies" />
      <Card padding="none">
        <Loading label="Loading the proxies" />
      </Card>
    </>
  );
}
