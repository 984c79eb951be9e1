"use client";

import type { ReactNode } from "react";
import { CommentField, commentOf } from "#components/revocation/comment-field.tsx";
import { publicationWords } from "#components/revocation/publication-words.ts";
import type {
  RevocableCertificate,
  RevocationActions,
} from "#components/revocation/revocation-dialog-facts.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";

interface ReleaseDialogProps {
  certificate: RevocableCertificate;
  actions: RevocationActions;
  trigger: ReactNode;
}

/** Ends a hold: the suspicion was wrong. */
export function ReleaseDialog({ certificate, actions, trigger }: ReleaseDialogProps) {
  const name = harmless(certificate.name);
  const confirm = async (form: FormData): Promise<string | undefined> => {
    const result = await actions.release({ certificate: certificate.id, comment: commentOf(form) });
    if (result?.data === undefined) return refusalOf(result)?.message ?? "It was not answered.";
    toast("ok", `Released ${name}`, publicationWords(result.data));
    return undefined;
  };
  return (
    <ConfirmDialog
      trigger={trigger}
      title={`Release ${name} from its hold?`}
      description="It is accepted again: it disappears from the next CRL, and OCSP calls it good. Only when it is sure that nobody else has its key."
      confirmLabel="Release it"
      onConfirm={confirm}
    >
      <CommentField hint="What the suspicion was, and why it was wrong." />
    </ConfirmDialog>
  );
}
