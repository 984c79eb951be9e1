"use client";

import { Fingerprint } from "lucide-react";
import { useEffect, useState, useTransition } from "react";
import { browserOf } from "#components/identity/browser-of.ts";
import { makePasskey, passkeyObstacle } from "#components/identity/passkey-ceremony.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast-store.ts";
import type { PasskeyView } from "#lib/identity/passkeys.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { keepPasskey, passkeyOptions, removePasskey } from "./actions.ts";

interface PasskeysProps {
  passkeys: PasskeyView[];
  /** Where the console is set up to be reached; passkeys are tied to it. */
  origin: string;
}

/** The person's passkeys. */
export function Passkeys({ passkeys, origin }: PasskeysProps) {
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();
  const [obstacle, setObstacle] = useState<string | null>(null);
  useEffect(() => setObstacle(passkeyObstacle(origin)), [origin]);

  const add = () =>
    startTransition(async () => {
      setRefusal(undefined);
      const asked = await passkeyOptions();
      const response = asked?.data === undefined ? null : await makePasskey(asked.data.options);
      const name = browserOf(navigator.userAgent);
      const answer = response === null ? asked : await keepPasskey({ name, response });
      const refused = refusalOf(answer)?.message;
      setRefusal(refused ?? (response === null ? "No passkey was made." : undefined));
      if (refused === undefined && response !== null) toast("ok", "The passkey is added");
    });

  return (
    <Card
      title="Passkeys"
      description="Sign in with a fingerprint, a face or a security key. Nothing to type, nothing to be tricked out of."
      actions={
        <Button
          icon={<Fingerprint aria-hidden />}
          pending={pending}
          disabled={obstacle !== null}
          onClick={add}
        >
          Add a passkey
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {obstacle !== null && <Notice tone="info">{obstacle}</Notice>}
        {refusal !== undefined && (
          <Notice tone="critical" announce>
            {refusal}
          </Notice>
        )}
        {passkeys.length === 0 ? (
          <EmptyState
            title="No passkeys yet"
            description="With a passkey you sign in without the password and without a code."
          />
        ) : (
          <ul className="divide-y divide-line">
            {passkeys.map((passkey) => (
              <li key={passkey.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
                <span>
                  {passkey.name}
                  <span className="text-muted text-sm">
                    {passkey.createdAt !== null && (
                      <>
                        , added <RelativeTime time={passkey.createdAt} />
                      </>
                    )}
                    {passkey.backedUp && ", kept in a password manager"}
                  </span>
                </span>
                <ConfirmDialog
                  trigger={<Button size="sm">Remove</Button>}
                  title={`Remove the passkey ${passkey.name}?`}
                  description="It no longer signs you in. Remove it from the device or password manager too."
                  confirmLabel="Remove the passkey"
                  danger
                  onConfirm={async () => refusalOf(await removePasskey({ id: passkey.id }))?.message}
                />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
