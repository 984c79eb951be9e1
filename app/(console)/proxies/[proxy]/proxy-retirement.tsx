"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { retire } from "../actions.ts";

interface ProxyRetirementProps {
  proxy: { id: string; version: number; slug: string; name: string; services: readonly { name: string }[] };
}

/** Retires a proxy after saying which services it stands in front of. */
export function ProxyRetirement({ proxy: { id, version, slug, services, ...proxy } }: ProxyRetirementProps) {
  const name = harmless(proxy.name);
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
      {services.length > 0 && (
        <Notice tone="warn" title="What stops">
          Requests through it to {services.map((service) => harmless(service.name)).join(", ")} are refused,
          unless it decides from a file: then it goes on with the one that it has.
        </Notice>
      )}
    </ConfirmDialog>
  );
}
