"use client";

import { boundedCount } from "#components/authority/bounded-count.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { changeAuthorityStatus } from "../actions.ts";

interface StatusChangeProps {
  authority: { id: string; name: string; version: number; status: "active" | "retired" };
  /** What hangs on it. */
  stakes: {
    /** Names of its active profiles. */
    profiles: string[];
    /** Certificates that are valid now; bounded. */
    valid: number;
    /** Names of active authorities below. */
    below: string[];
  };
}

/** Retires an authority after saying what stops, or brings it back. */
export function StatusChange({ authority, stakes }: StatusChangeProps) {
  const { id, name, version } = authority;
  const change = async (status: "active" | "retired") => {
    const refusal = refusalOf(await changeAuthorityStatus({ id, version, status }));
    if (refusal === undefined)
      toast("ok", status === "retired" ? `${name} is retired` : `${name} issues again`);
    return refusal?.message;
  };
  if (authority.status === "retired") {
    return (
      <ConfirmDialog
        trigger={<Button>Reactivate</Button>}
        title={`Let ${name} issue again?`}
        description="Its profiles can be used at once."
        confirmLabel="Reactivate"
        onConfirm={() => change("active")}
      />
    );
  }
  return (
    <ConfirmDialog
      trigger={<Button>Retire</Button>}
      title={`Retire ${name}?`}
      description="It issues nothing more from the next moment on. No certificate is revoked, and it can be reactivated."
      confirmLabel="Retire the authority"
      danger
      onConfirm={() => change("retired")}
    >
      <Stops stakes={stakes} />
    </ConfirmDialog>
  );
}

function Stops({ stakes: { profiles, valid, below } }: Pick<StatusChangeProps, "stakes">) {
  return (
    <div className="rounded-md border border-line bg-sunken p-3">
      <p className="font-medium">What stops</p>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
        <li>
          {profiles.length === 0
            ? "No active profile uses it."
            : `Issuing and renewing under ${profiles.join(", ")}. Give ${profiles.length === 1 ? "it" : "them"} another authority first to go on without a pause.`}
        </li>
        {below.length > 0 && (
          <li>Creating further authorities below it. {below.join(", ")} go on issuing.</li>
        )}
      </ul>
      <p className="mt-2">
        {valid > 0 &&
          `Its ${boundedCount(valid)} valid ${valid === 1 ? "certificate stays" : "certificates stay"} valid. `}
        It stays in the trust bundles until it ends.
      </p>
    </div>
  );
}
