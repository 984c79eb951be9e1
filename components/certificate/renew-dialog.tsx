"use client";

import { KeyRound, RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface RenewDialogProps {
  certificateId: string;
  name: string;
  /** How long the new one will live: "90 days". */
  lifetime: string;
  /** Server action; answers the successor. */
  renew: (input: { certificate: string }) => Promise<ActionResult<{ id: string }> | undefined>;
  /** Primary when the renewal is due. */
  due: boolean;
  /** On the button that opens it. */
  label?: string;
}

/** Asks for which key to renew. */
export function RenewDialog({
  certificateId,
  name,
  lifetime,
  renew,
  due,
  label = "Renew…",
}: RenewDialogProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();

  const renewNow = () =>
    startTransition(async () => {
      setRefusal(undefined);
      const result = await answerOf(renew({ certificate: certificateId }));
      const refused = refusalOf(result);
      if (refused !== undefined || result?.data === undefined) {
        setRefusal(refused?.message ?? "The renewal was not answered.");
        return;
      }
      setOpen(false);
      toast("ok", `Renewed ${name}`, "Install the new certificate where the old one is in use.");
      router.push(`/certificates/${result.data.id}`);
    });

  return (
    <Dialog
      title={`Renew ${name}?`}
      description="The old certificate stays valid until it expires, so that both work while you change over."
      trigger={
        <Button variant={due ? "primary" : "secondary"} icon={<RefreshCw aria-hidden />}>
          {label}
        </Button>
      }
      open={open}
      onOpenChange={(next) => {
        if (pending) return;
        setOpen(next);
        // Somebody else may have renewed it: the page then shows by whom, and this dialog goes.
        if (!next && refusal !== undefined) router.refresh();
        setRefusal(undefined);
      }}
    >
      <div className="flex flex-col gap-3">
        {refusal !== undefined && (
          <Notice tone="critical" title="It was not renewed" announce>
            {refusal}
          </Notice>
        )}
        <Choice
          icon={<RefreshCw aria-hidden />}
          title="With the same key"
          button={
            <Button variant="primary" pending={pending} onClick={renewNow}>
              Renew with the same key
            </Button>
          }
        >
          Issues at once: same key, names and profile, a new serial number, {lifetime} from now. The key file
          stays where it is; only the certificate file is replaced.
        </Choice>
        <Choice
          icon={<KeyRound aria-hidden />}
          title="With a new key"
          button={
            <ButtonLink href={`/certificates/new?replaces=${certificateId}`}>
              Choose how the key is made
            </ButtonLink>
          }
        >
          Better when the key is old, or may have been seen by others. Names and profile are filled in; key
          and certificate are both replaced.
        </Choice>
      </div>
    </Dialog>
  );
}

function Choice({
  icon,
  title,
  button,
  children,
}: {
  icon: ReactNode;
  title: string;
  button: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="rounded-md border border-line p-3">
      <h3 className="flex items-center gap-1.5 font-medium [&_svg]:size-4 [&_svg]:text-muted">
        {icon}
        {title}
      </h3>
      <p className="mt-1 mb-3 text-muted">{children}</p>
      {button}
    </section>
  );
}
