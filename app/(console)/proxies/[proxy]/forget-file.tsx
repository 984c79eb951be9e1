"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { forgetFile } from "../actions.ts";

interface ForgetFileProps {
  proxy: { id: string; name: string };
  service: { id: string; name: string };
}

/** For a proxy that decided from a file and asks now: what it held is not waited for any more. */
export function ForgetFile({ proxy, service }: ForgetFileProps) {
  const [front, behind] = [harmless(proxy.name), harmless(service.name)];
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Forget the list of ${behind}…`}>
          It asks now…
        </Button>
      }
      title={`Does ${front} ask about each request to ${behind} now?`}
      description="Then the list that it held is forgotten here, with the alarm. If it still decides from that list, whoever is suspended still enters there, and nobody is told: it comes back with its next fetch only."
      confirmLabel="It asks: forget the list"
      onConfirm={async () => {
        const refusal = refusalOf(await forgetFile({ proxy: proxy.id, service: service.id }));
        if (refusal === undefined) toast("ok", `The list of ${behind} is forgotten`);
        return refusal?.message;
      }}
    />
  );
}
