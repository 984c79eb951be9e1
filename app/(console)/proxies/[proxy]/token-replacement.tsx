"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Secret } from "#components/ui/secret.tsx";
import { refusalOf } from "#lib/web/refusal.ts";
import { replaceToken } from "../actions.ts";

interface TokenReplacementProps {
  proxy: { id: string; version: number; name: string };
}

/** Gives a proxy another token, and shows it once. */
export function TokenReplacement({ proxy: { id, version, ...proxy } }: TokenReplacementProps) {
  const [token, setToken] = useState<string | null>(null);
  const name = harmless(proxy.name);
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
        description="The one before ends at once: until the proxy has the new one, it is answered 401 and lets nobody in."
        confirmLabel="Replace the token"
        danger
        onConfirm={replace}
      />
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
