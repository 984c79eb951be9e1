import { RevocationTabs } from "#components/revocation/revocation-tabs.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Loading } from "#components/ui/loading.tsx";

export default function RevocationLoading() {
  return (
    <>
      <PageHeader title="Revocation" />
      <RevocationTabs />
      <div className="flex flex-col gap-4">
        {["first", "second", "third"].map((place) => (
          <Card key={place}>
            <Loading label="Loading the CRLs" rows={4} />
          </Card>
        ))}
      </div>
    </>
  );
}
