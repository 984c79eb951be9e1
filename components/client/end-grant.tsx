"use client";

import { REFUSAL_WORDS } from "#components/client/refusal-words.ts";
import { untoldWords } from "#components/client/untold-words.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { USE_KEPT_DAYS } from "#lib/access/use-hours.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface EndGrantProps {
  client: string;
  grant: { id: string; service: { name: string }; lastUsedAt: Date | null };
  /** Names of proxies that do not tell who comes through them. */
  untold?: readonly string[];
  end: (input: { grant: string }) => Promise<ActionResult | undefined>;
}

/** Takes a service from a client, after saying when it was last used. */
export function EndGrant({ client, grant: { id, service, lastUsedAt }, untold = [], end }: EndGrantProps) {
  const names = { client: harmless(client), service: harmless(service.name) };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`End the grant for ${names.service}…`}>
          End…
        </Button>
      }
      title={`Take ${names.service} from ${names.client}?`}
      description={`${REFUSAL_WORDS} It can be granted again.`}
      confirmLabel="End the grant"
      danger
      onConfirm={async () => {
        const refusal = refusalOf(await end({ grant: id }));
        if (refusal === undefined) toast("ok", `${names.client} may no longer call ${names.service}`);
        return refusal?.message;
      }}
    >
      <p>
        {lastUsedAt === null ? (
          `It was not seen in ${USE_KEPT_DAYS} days.`
        ) : (
          <>
            Last used <RelativeTime time={lastUsedAt} />.
          </>
        )}{" "}
        {untoldWords(untold)}
      </p>
    </ConfirmDialog>
  );
}
