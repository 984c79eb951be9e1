"use client";

import { useState } from "react";
import { KeptListNotice, listedServices } from "#components/proxy/kept-list-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Secret } from "#components/ui/secret.tsx";
import { refusalOf } from "#lib/web/refusal.ts";
import { replaceToken } from "../actions.ts";

interface TokenReplacementProps {
  proxy: {
    id: string;
    version: number;
    name: string;
    services: readonly { id: string }[];
    /** The allowlists that it fetched. */
    files: readonly { service: { id: string; name: string } }[];
  };
}

/** Gives a proxy another token, and shows it once. */
export function TokenReplacement({
  proxy: { id, version, services, files, ...proxy },
}: TokenReplacementProps) {
  const [token, setToken] = useState<string | null>(null);
  const name = harmless(proxy.name);
  const isListed = (service: { id: string }) => files.some((file) => file.service.id === service.id);
  const asks = services.some((service) => !isListed(service));
  const replace = async () => {
    const result = await replaceToken({ id, version });
    if (result?.data === undefined) return refusalOf(result)?.message ?? "The server did not answer.";
    setToken(result.data.token);
    return undefined;
  };
  return (
    <>
      <ConfirmDialog
        trigger={<Button>Replace the token…</Button>}
        title={`Replace the token of ${name}?`}
        description={`The one before ends at once: until the proxy has the new one, it is answered 401${asks ? " and, where it asks about each request, lets nobody in" : ""}.`}
        confirmLabel="Replace the token"
        danger
        onConfirm={replace}
      >
        <KeptListNotice services={listedServices(files)} until="until it has the new token" />
      </ConfirmDialog>
      <Dialog
        open={token !== null}
        onOpenChange={(open) => {
          if (!open) setToken(null);
        }}
        dismissible={false}
        title={`The new token of ${name}`}
        footer={
          <DialogClose>
            <Button variant="primary">Done</Button>
          </DialogClose>
        }
      >
        {token !== null && (
          <Secret value={token} label="token">
            Put it in the token file of the proxy, and reload it. Only its SHA-256 is kept here: when it is
            lost, replace it again.
          </Secret>
        )}
      </Dialog>
    </>
  );
}
