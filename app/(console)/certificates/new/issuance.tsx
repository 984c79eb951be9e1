"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { type HandoverKey, KeyHandover } from "#components/certificate/key-handover.tsx";
import type { ProfileChoice, Replaced } from "./draft.ts";
import type { Handover } from "./handover.ts";
import { IssueForm } from "./issue-form.tsx";

interface IssuanceProps {
  /** Why nothing can be issued here, in place of the form. */
  obstacle: ReactNode;
  profiles: readonly ProfileChoice[];
  /** Slug of the profile to begin with. */
  firstProfile: string | undefined;
  replaced: Replaced | null;
}

/**
 * The form, and the window that hands a key over. The window does not belong to the form: Next may
 * render the page anew at any moment, and a certificate that has just been renewed shows no form
 * any more, which must not take the key away.
 */
export function Issuance({ obstacle, ...form }: IssuanceProps) {
  const router = useRouter();
  const [handed, setHanded] = useState<{ handover: Handover; secret: HandoverKey }>();
  return (
    <>
      {obstacle ?? <IssueForm {...form} onHandover={(handover, secret) => setHanded({ handover, secret })} />}
      {handed !== undefined && (
        <KeyHandover
          {...handed.handover}
          secret={handed.secret}
          onDone={() => {
            setHanded(undefined);
            // In place of this page and of the guard's entry in the history.
            router.replace(`/certificates/${handed.handover.id}`);
          }}
        />
      )}
    </>
  );
}
