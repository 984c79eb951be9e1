"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { retire } from "../actions.ts";

interface ServiceRetirementProps {
  service: {
    id: string;
    version: number;
    slug: string;
    name: string;
    proxies: readonly { name: string }[];
    clientsGranted: number;
  };
  /** Names of those proxies that decide from a file. */
  fileProxies: readonly string[];
}

/** Retires a service after saying who is refused then. */
export function ServiceRetirement({ service, fileProxies }: ServiceRetirementProps) {
  const { id, version, slug, proxies, clientsGranted } = service;
  const name = harmless(service.name);
  const asking = proxies.filter((proxy) => !fileProxies.includes(proxy.name));
  const named = (names: readonly string[]) => names.map(harmless).join(", ");
  return (
    <ConfirmDialog
      trigger={<Button>Retire…</Button>}
      title={`Retire ${name}?`}
      description="This is final: proxies that ask for it are refused, no list is made for it any more, and its short name is never given again."
      confirmLabel="Retire the service"
      confirmWord={slug}
      danger
      onConfirm={async () => {
        const refusal = refusalOf(await retire({ id, version }));
        if (refusal === undefined) toast("ok", `${name} is retired`);
        return refusal?.message;
      }}
    >
      {(proxies.length > 0 || clientsGranted > 0) && (
        <Notice tone="warn" title="What stops">
          {asking.length > 0 &&
            `Requests through ${named(asking.map((proxy) => proxy.name))} are refused, where they ask. `}
          {fileProxies.length > 0 &&
            `${named(fileProxies)} decides from a file and goes on with the list that it has: take the service out of its configuration. `}
          {clientsGranted > 0 &&
            (clientsGranted === 1
              ? "1 client was granted it."
              : `${clientsGranted} clients were granted it.`)}
        </Notice>
      )}
    </ConfirmDialog>
  );
}
