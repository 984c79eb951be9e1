"use client";

import { Fingerprint } from "lucide-react";
import { useEffect, useState, useTransition } from "react";
import { askForPasskey, passkeyObstacle } from "#components/identity/passkey-ceremony.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { refusalOf } from "#lib/web/refusal.ts";
import { passkeyOptions, signInByPasskey } from "./actions.ts";

/** A passkey: nothing to type, and nothing that a false page could ask for. */
export function PasskeyStep({ next, origin }: { next: string; origin: string }) {
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();
  const [obstacle, setObstacle] = useState<string | null>(null);
  useEffect(() => setObstacle(passkeyObstacle(origin)), [origin]);

  const signIn = () =>
    startTransition(async () => {
      setRefusal(undefined);
      const asked = await passkeyOptions();
      const response = asked?.data === undefined ? null : await askForPasskey(asked.data.options);
      const answer = response === null ? asked : await signInByPasskey({ response, next });
      setRefusal(refusalOf(answer)?.message ?? (response === null ? "No passkey was chosen." : undefined));
    });

  return (
    <div className="flex flex-col gap-3 border-line border-t pt-5">
      {refusal !== undefined && (
        <Notice tone="critical" announce>
          {refusal}
        </Notice>
      )}
      <Button
        icon={<Fingerprint aria-hidden />}
        pending={pending}
        disabled={obstacle !== null}
        onClick={signIn}
      >
        Sign in with a passkey
      </Button>
      {obstacle !== null && <p className="text-center text-muted text-sm">{obstacle}</p>}
    </div>
  );
}
