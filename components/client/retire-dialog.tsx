"use client";

import { useState } from "react";
import { REFUSAL_WORDS } from "#components/client/refusal-words.ts";
import { untoldWords } from "#components/client/untold-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface RetireDialogProps {
  client: { id: string; name: string; lastUsedAt: Date | null; isProtected: boolean };
  /** Names of proxies that do not tell who comes through them. */
  untold: readonly string[];
  /** Certificates behind it that nobody else is known by. */
  certificates: readonly { id: string; displayName: string }[];
  mayRevoke: boolean;
  retire: (input: { client: string; revokes: boolean }) => Promise<ActionResult | undefined>;
}

/** Certificates in view. */
const SHOWN = 5;

/** Refuses a client for good, and its certificates with it when that is wished. */
export function RetireDialog({ client, untold, certificates, mayRevoke, retire }: RetireDialogProps) {
  const [revokes, setRevokes] = useState(false);
  const { id, lastUsedAt, isProtected } = client;
  const name = harmless(client.name);
  if (isProtected) {
    return (
      <Button disabled title="It is protected: take the protection away first">
        Retire…
      </Button>
    );
  }
  return (
    <ConfirmDialog
      trigger={<Button>Retire…</Button>}
      title={`Retire ${name}?`}
      description={`This is final: it is refused for good, and its name stays taken. ${REFUSAL_WORDS} What it was known by may be given to another client. To refuse it for now, suspend it.`}
      confirmLabel={revokes ? "Retire and revoke" : "Retire the client"}
      confirmWord={name}
      danger
      onConfirm={async () => {
        const refusal = refusalOf(await retire({ client: id, revokes }));
        if (refusal === undefined) toast("ok", `${name} is retired`);
        return refusal?.message;
      }}
    >
      <Notice tone={lastUsedAt === null && untold.length === 0 ? "info" : "warn"} title="What stops">
        {lastUsedAt === null ? (
          "It was never seen anywhere."
        ) : (
          <>
            It was last let in <RelativeTime time={lastUsedAt} />.
          </>
        )}{" "}
        {untoldWords(untold)}
      </Notice>
      {certificates.length > 0 && (
        <>
          <Checkbox
            label={
              certificates.length === 1
                ? "Revoke its certificate too"
                : `Revoke its ${certificates.length} certificates too`
            }
            hint={
              mayRevoke
                ? "For good, because operation has ceased: also where nobody asks here. Otherwise they stay valid until they expire."
                : "Only an admin revokes for good. They stay valid until they expire."
            }
            checked={revokes}
            disabled={!mayRevoke}
            onChange={(event) => setRevokes(event.target.checked)}
          />
          <ul className="text-muted text-sm">
            {certificates.slice(0, SHOWN).map((certificate) => (
              <li key={certificate.id} className="[overflow-wrap:anywhere]">
                {harmless(certificate.displayName)}
              </li>
            ))}
            {certificates.length > SHOWN && <li>and {certificates.length - SHOWN} more</li>}
          </ul>
        </>
      )}
    </ConfirmDialog>
  );
}
