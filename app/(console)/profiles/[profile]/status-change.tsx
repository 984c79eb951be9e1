"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { changeProfileStatus } from "../actions.ts";

interface StatusChangeProps {
  profile: { id: string; name: string; version: number; status: "active" | "retired" };
}

/** Retires a profile, or brings it back. */
export function StatusChange({ profile: { id, name, version, status } }: StatusChangeProps) {
  const change = async (wanted: "active" | "retired") => {
    const refusal = refusalOf(await changeProfileStatus({ id, version, status: wanted }));
    if (refusal === undefined)
      toast("ok", wanted === "retired" ? `${name} is retired` : `${name} can be used again`);
    return refusal?.message;
  };
  return status === "retired" ? (
    <ConfirmDialog
      trigger={<Button>Reactivate</Button>}
      title={`Let certificates be issued under ${name} again?`}
      description="Requests and renewals under it are accepted from the next moment on."
      confirmLabel="Reactivate"
      onConfirm={() => change("active")}
    />
  ) : (
    <ConfirmDialog
      trigger={<Button>Retire</Button>}
      title={`Retire ${name}?`}
      description="Requests and renewals under it are refused from the next moment on, by programs too. Nothing issued is touched, and it can be reactivated."
      confirmLabel="Retire the profile"
      danger
      onConfirm={() => change("retired")}
    />
  );
}
