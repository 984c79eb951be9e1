"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { emptyGrant, grantTerms } from "#components/client/grant-draft.ts";
import { GRANT_LABELS, GrantFields } from "#components/client/grant-fields.tsx";
import { stillRefusedWords } from "#components/service/service-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import type { GrantTermsInput } from "#lib/access/grant-input.ts";
import type { Obstacle } from "#lib/access/reach-obstacle.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface GrantDialogProps {
  client: { id: string; name: string };
  services: readonly { id: string; name: string }[];
  grant: (input: {
    client: string;
    terms: GrantTermsInput;
  }) => Promise<ActionResult<{ obstacle: Obstacle | null }> | undefined>;
}

/** Lets a client call one more service. */
export function GrantDialog(props: GrantDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`What may ${harmless(props.client.name)} call?`}
      description="It may do so from the moment you grant it, unless you say later."
      trigger={
        <Button size="sm" icon={<Plus aria-hidden />}>
          Grant a service
        </Button>
      }
      footer={null}
    >
      <GrantForm {...props} done={() => setOpen(false)} />
    </Dialog>
  );
}

function GrantForm({ client, services, grant, done }: GrantDialogProps & { done: () => void }) {
  const [draft, setDraft] = useState(() => emptyGrant(services.length === 1 ? services[0]?.id : ""));
  const { send, pending, errors, errorOf } = useObjectAction(async () => {
    const result = await grant({ client: client.id, terms: grantTerms(draft) });
    if (refusalOf(result) === undefined) {
      const service = services.find(({ id }) => id === draft.serviceId);
      const startsAt = draft.startsAt === "" ? undefined : "It counts from the time that you said.";
      toast(
        "ok",
        `${harmless(client.name)} was granted ${harmless(service?.name ?? "the service")}`,
        stillRefusedWords(result?.data?.obstacle) ?? startsAt,
      );
      done();
    }
    return result;
  }, GRANT_LABELS);
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) send(undefined);
      }}
    >
      <FormErrorSummary errors={errors} title="It was not granted" />
      <GrantFields
        draft={draft}
        services={services}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
        errorOf={errorOf}
      />
      <div className="flex justify-end gap-2">
        <DialogClose>
          <Button disabled={pending}>Cancel</Button>
        </DialogClose>
        <SubmitButton pending={pending}>Grant it</SubmitButton>
      </div>
    </form>
  );
}
