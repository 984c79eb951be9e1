"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { changeBundleMembers } from "./actions.ts";

interface MemberRemovalProps {
  bundle: { id: string; version: number; name: string };
  member: { id: string; name: string };
  /** Certificates of the inventory that lose their trust with it. */
  lost: number;
  /** Whether the bundle is empty afterwards. */
  isLast: boolean;
}

/** Takes a certificate out of a bundle after saying who is no longer trusted. */
export function MemberRemoval({ bundle, member, lost, isLast }: MemberRemovalProps) {
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Remove ${member.name}`}>
          Remove
        </Button>
      }
      title={`Remove ${member.name} from ${bundle.name}?`}
      description="Relying parties that fetch the bundle again refuse whoever has a certificate below it, unless another member stands above too. It can be added again."
      confirmLabel="Remove"
      danger
      onConfirm={async () => {
        const refusal = refusalOf(
          await changeBundleMembers({ id: bundle.id, version: bundle.version, add: [], remove: [member.id] }),
        );
        if (refusal === undefined) toast("ok", `${member.name} is no longer in ${bundle.name}`);
        return refusal?.message;
      }}
    >
      <div className="rounded-md border border-line bg-sunken p-3">
        <p className="font-medium">What breaks</p>
        <p className="mt-1">
          {lost === 0
            ? "No certificate of the inventory hangs on it alone. Others may: not everything below an imported root is known here."
            : `${lost.toLocaleString("en")} ${lost === 1 ? "certificate" : "certificates"} of the inventory ${lost === 1 ? "hangs" : "hang"} on it alone and will be refused.`}
        </p>
        {isLast && <p className="mt-1">The bundle is empty then: nginx does not start with an empty file.</p>}
      </div>
    </ConfirmDialog>
  );
}
