"use client";

import { KeptListNotice, listedServices } from "#components/proxy/kept-list-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { retire } from "../actions.ts";

interface ProxyRetirementProps {
  proxy: {
    id: string;
    version: number;
    slug: string;
    name: string;
    services: readonly { id: string; name: string }[];
    /** The allowlists that it fetched. */
    files: readonly { service: { id: string; name: string } }[];
  };
}

/** Retires a proxy after saying which services it stands in front of, and where it goes on all the same. */
export function ProxyRetirement({
  proxy: { id, version, slug, services, files, ...proxy },
}: ProxyRetirementProps) {
  const name = harmless(proxy.name);
  const isListed = (service: { id: string }) => files.some((file) => file.service.id === service.id);
  const asked = services.filter((service) => !isListed(service));
  return (
    <ConfirmDialog
      trigger={<Button>Retire…</Button>}
      title={`Retire ${name}?`}
      description="This is final: nothing that it says is believed any more, and its token is worth nothing."
      confirmLabel="Retire the proxy"
      confirmWord={slug}
      danger
      onConfirm={async () => {
        const refusal = refusalOf(await retire({ id, version }));
        if (refusal === undefined) toast("ok", `${name} is retired`);
        return refusal?.message;
      }}
    >
      {asked.length > 0 && (
        <Notice tone="warn" title="What stops">
          Requests through it to {asked.map((service) => harmless(service.name)).join(", ")} are refused.
        </Notice>
      )}
      <KeptListNotice services={listedServices(files)} />
    </ConfirmDialog>
  );
}
