"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { MasterKeyCare } from "#lib/authority/master-key-backup.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { noteMasterKeyCopy } from "./actions.ts";

/** Reminds of a copy of the master key, as long as the only one may be the file that we made. */
export function MasterKeyNotice({ care, mayNote }: { care: MasterKeyCare; mayNote: boolean }) {
  if (care.origin !== "made" || care.backup !== null) return null;
  return (
    <Notice
      tone="warn"
      title="The master key may exist only once"
      actions={
        mayNote && (
          <ConfirmDialog
            trigger={<Button size="sm">I keep a copy</Button>}
            title="Is a copy of the master key kept elsewhere?"
            description="This is noted in the audit trail under your name, and the reminder goes away. Check first that the copy can be read."
            confirmLabel="Yes, a copy is kept"
            onConfirm={async () => refusalOf(await noteMasterKeyCopy())?.message}
          />
        )
      }
    >
      Countersign made it at the first start, as the file <code className="font-mono">master.key</code> in the
      data folder. If that file is lost, no authority here can ever sign again. Copy it to a password manager
      or a vault, apart from backups of the database: whoever has both has every authority’s key. Or hand the
      key over as <code className="font-mono">COUNTERSIGN_MASTER_KEY</code> and delete the file.
    </Notice>
  );
}
