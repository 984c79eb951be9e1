import type { Metadata } from "next";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { listApiTokens } from "#lib/identity/api-tokens.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { NewTokenDialog } from "./new-token-dialog.tsx";
import { TokenTable } from "./token-table.tsx";

export const metadata: Metadata = { title: "API tokens" };

export default async function TokensPage() {
  const actor = await requireActor();
  const tokens = await orNothingHere(listApiTokens(installation(), actor));
  const mayManage = isAllowed(actor, "token:manage");
  return (
    <>
      <PageHeader
        title="API tokens"
        description="Programs use them in the header Authorization: Bearer csn_… at the REST API. A token can do what its scopes say, whatever its maker may do later."
        actions={mayManage && <NewTokenDialog />}
      />
      <Card padding="none">
        <TokenTable tokens={tokens} mayManage={mayManage} />
      </Card>
    </>
  );
}
