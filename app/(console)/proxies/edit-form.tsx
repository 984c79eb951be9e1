"use client";

import { type FormEvent, useState } from "react";
import { KeptListNotice } from "#components/proxy/kept-list-notice.tsx";
import { ProxyChangeNotice } from "#components/proxy/proxy-change-notice.tsx";
import { PROXY_LABELS, type ProxyDraft, ProxyFields } from "#components/proxy/proxy-fields.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import type { NamedBundle } from "#lib/authority/named-bundles.ts";
import { saveProxy } from "./actions.ts";

interface EditFormProps {
  present: { id: string; version: number };
  start: ProxyDraft;
  services: readonly { id: string; name: string }[];
  bundles: readonly NamedBundle[];
  /** Ids of the services of which it has a list. */
  listed: readonly string[];
  /** In which header certificates are taken from it. */
  header: string;
}

/** Changes a proxy; its short name and its token stay. */
export function EditForm({ present, start, services, bundles, listed, header }: EditFormProps) {
  const [draft, setDraft] = useState(start);
  const { send, pending, errors, errorOf } = useObjectAction(
    () => saveProxy({ ...present, ...draft, services: [...draft.services] }),
    PROXY_LABELS,
  );
  const taken = services.filter(({ id }) => start.services.includes(id) && !draft.services.includes(id));
  const keptLists = taken.filter(({ id }) => listed.includes(id));
  const names = (some: typeof taken) => some.map(({ name }) => name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) send(undefined);
  };
  return (
    <form onSubmit={submit} noValidate className="flex max-w-3xl min-w-0 flex-col gap-5">
      <FormErrorSummary errors={errors} title="The proxy was not saved" />
      <Card title="The proxy">
        <ProxyFields
          draft={draft}
          onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
          services={services}
          bundles={bundles}
          errorOf={errorOf}
        />
      </Card>
      <ProxyChangeNotice start={start} draft={draft} header={header} taken={names(taken)} />
      <KeptListNotice services={names(keptLists)} announce />
      <div className="flex flex-wrap gap-2">
        <SubmitButton pending={pending}>Save</SubmitButton>
        <ButtonLink href={`/proxies/${start.slug}`} variant="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
