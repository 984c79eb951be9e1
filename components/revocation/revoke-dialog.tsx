"use client";

import { Ban, Hand } from "lucide-react";
import { type ReactNode, useState } from "react";
import { CommentField, commentOf } from "#components/revocation/comment-field.tsx";
import { CompromisedSince, compromisedSinceOf } from "#components/revocation/compromised-since.tsx";
import { ConsequencesBox } from "#components/revocation/consequences-box.tsx";
import { publicationWords } from "#components/revocation/publication-words.ts";
import { isCompromise, ReasonChoice } from "#components/revocation/reason-choice.tsx";
import type {
  Consequences,
  RevocableCertificate,
  RevocationActions,
} from "#components/revocation/revocation-dialog-facts.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Loading } from "#components/ui/loading.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

interface RevokeDialogProps {
  certificate: RevocableCertificate;
  actions: RevocationActions;
  /** Whether the person may revoke for good; who may not holds only. */
  mayRevoke: boolean;
  /** It is on hold already: what is left is to revoke it for good. */
  isHeld: boolean;
  trigger: ReactNode;
}

type Way = "hold" | "revoke";

/** Says what breaks, then holds a certificate or revokes it for good. */
export function RevokeDialog({ certificate, actions, mayRevoke, isHeld, trigger }: RevokeDialogProps) {
  const firstWay: Way = isHeld ? "revoke" : "hold";
  const [way, setWay] = useState<Way>(firstWay);
  const [reason, setReason] = useState<RevocationReason | null>(null);
  const [consequences, setConsequences] = useState<Consequences>();
  const [unknown, setUnknown] = useState<string>();
  const name = harmless(certificate.name);

  const open = async () => {
    setWay(firstWay);
    setReason(null);
    setConsequences(undefined);
    setUnknown(undefined);
    const result = await actions.consequences({ certificate: certificate.id });
    if (result?.data === undefined) setUnknown(refusalOf(result)?.message ?? "It was not answered.");
    else setConsequences(result.data);
  };
  const confirm = async (form: FormData): Promise<string | undefined> => {
    const about = { certificate: certificate.id, comment: commentOf(form) };
    if (way === "revoke" && reason === null) return "Say why it is revoked.";
    const result =
      way === "hold" || reason === null
        ? await actions.hold(about)
        : await actions.revoke({
            ...about,
            reason,
            compromisedSince: compromisedSinceOf(form),
          });
    if (result?.data === undefined) return refusalOf(result)?.message ?? "It was not answered.";
    toast("ok", `${way === "hold" ? "Held" : "Revoked"} ${name}`, publicationWords(result.data));
    return undefined;
  };

  return (
    <ConfirmDialog
      trigger={trigger}
      onOpenChange={(opened) => {
        if (opened) void open();
      }}
      title={isHeld ? `Revoke ${name} for good?` : mayRevoke ? `Revoke or hold ${name}?` : `Hold ${name}?`}
      description={
        isHeld
          ? "It is refused already. Revoked for good it can never be released: its owner needs another one."
          : "Verifiers that check revocation refuse it as soon as they ask again."
      }
      confirmLabel={way === "hold" ? "Hold it" : "Revoke for good"}
      {...(certificate.kind === "authority" ? { confirmWord: name } : {})}
      danger
      onConfirm={confirm}
    >
      {consequences === undefined && unknown === undefined && (
        <Loading label="Looking what will break" rows={2} />
      )}
      {unknown !== undefined && (
        <Notice tone="warn" title="What will break could not be looked up" announce>
          {unknown}
        </Notice>
      )}
      {consequences !== undefined && (
        <ConsequencesBox certificate={certificate} consequences={consequences} />
      )}
      {!isHeld && <WayChoice way={way} mayRevoke={mayRevoke} onChange={setWay} />}
      {way === "revoke" && <ReasonChoice kind={certificate.kind} value={reason} onChange={setReason} />}
      {way === "revoke" && isCompromise(reason) && <CompromisedSince />}
      <CommentField
        hint={
          way === "hold"
            ? "What is suspected, and who looks into it. Whoever decides later reads it."
            : "Stands on the certificate's page and in the audit trail; it is not published."
        }
      />
    </ConfirmDialog>
  );
}

function WayChoice({
  way,
  mayRevoke,
  onChange,
}: {
  way: Way;
  mayRevoke: boolean;
  onChange: (way: Way) => void;
}) {
  return (
    <Fieldset legend="How sure is it?">
      <RadioCards
        name="way"
        value={way}
        onValueChange={(chosen) => onChange(chosen === "revoke" ? "revoke" : "hold")}
        cards={[
          {
            value: "hold",
            icon: <Hand aria-hidden />,
            label: "Suspect: hold first, decide later",
            description: "Refused at once, like a revoked one, until it is released or revoked for good.",
          },
          {
            value: "revoke",
            icon: <Ban aria-hidden />,
            label: "Certain: revoke for good",
            description: "Refused at once, and never valid again. Nobody can undo it.",
            ...(mayRevoke
              ? {}
              : {
                  unavailable:
                    "Nobody can undo it, so only an admin does it. A hold stops it just as soon; an admin decides later.",
                }),
          },
        ]}
      />
    </Fieldset>
  );
}
