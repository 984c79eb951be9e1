"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { refusalOf } from "#lib/web/refusal.ts";
import { removeBundle } from "./actions.ts";

interface BundleDeletionProps {
  bundle: { id: string; version: number; name: string };
  /** Path at which it is published. */
  address: string;
  /** Certificates of the inventory below its members. */
  below: number;
}

/** Deletes a bundle after saying what stops. */
export function BundleDeletion({ bundle: { id, version, name }, address, below }: BundleDeletionProps) {
  return (
    <ConfirmDialog
      trigger={<Button>Delete</Button>}
      title={`Delete ${name}?`}
      description="This cannot be undone; a bundle of the same short name can be made again."
      confirmLabel="Delete the bundle"
      confirmWord={name}
      danger
      onConfirm={async () => refusalOf(await removeBundle({ id, version }))?.message}
    >
      <div className="rounded-md border border-line bg-sunken p-3">
        <p className="font-medium">What stops</p>
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
          <li>
            <span className="break-all font-mono text-sm">{address}</span> answers 404 from the next moment
            on.
          </li>
          <li>
            Relying parties keep the file they have, and notice nothing until they fetch it again; who loads
            it is not known here.
          </li>
          {below > 0 && (
            <li>
              {below.toLocaleString("en")} {below === 1 ? "certificate" : "certificates"} of the inventory{" "}
              {below === 1 ? "stands" : "stand"} below its members.
            </li>
          )}
        </ul>
      </div>
    </ConfirmDialog>
  );
}
