import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function CertificatesLoading() {
  return (
    <>
      <PageHeader title="Certificates" />
      <Card padding="none">
        <Loading label="Loading certificates" rows={12} />
      </Card>
    </>
  );
}
