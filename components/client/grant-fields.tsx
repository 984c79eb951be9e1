"use client";

import type { GrantDraft } from "#components/client/grant-draft.ts";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

export const GRANT_LABELS = {
  serviceId: "Service",
  paths: "Only these paths",
  methods: "Only these methods",
  startsAt: "From (UTC)",
  endsAt: "Until (UTC)",
};

export type GrantField = keyof typeof GRANT_LABELS;

interface GrantFieldsProps {
  draft: GrantDraft;
  services: readonly { id: string; name: string }[];
  onChange: (part: Partial<GrantDraft>) => void;
  errorOf: (field: GrantField) => string | undefined;
  /** What stands before each id, where there are several grants. */
  prefix?: string;
}

/** Which service, and which part of it for how long. The limits stay folded away: most have none. */
export function GrantFields({ draft, services, onChange, errorOf, prefix = "" }: GrantFieldsProps) {
  const limits = ["paths", "methods", "startsAt", "endsAt"] as const;
  const isLimited = limits.some((field) => draft[field] !== "" || errorOf(field) !== undefined);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Field
        id={`${prefix}serviceId`}
        label={GRANT_LABELS.serviceId}
        error={errorOf("serviceId")}
        className="max-w-md"
      >
        <Select value={draft.serviceId} onChange={(event) => onChange({ serviceId: event.target.value })}>
          <option value="">Choose a service</option>
          {services.map(({ id, name }) => (
            <option key={id} value={id}>
              {harmless(name)}
            </option>
          ))}
        </Select>
      </Field>
      <details open={isLimited || undefined} className="rounded-md border border-line px-3 py-2">
        <summary className="cursor-pointer text-sm">Only parts of it, or only for some time</summary>
        <div className="mt-3 flex flex-col gap-4 pb-1">
          <Field
            id={`${prefix}paths`}
            label={GRANT_LABELS.paths}
            hint="Beginnings of paths, one to a line: /v1/orders is for everything below it. Empty for every path."
            error={errorOf("paths")}
          >
            <Textarea
              mono
              rows={2}
              value={draft.paths}
              autoComplete="off"
              onChange={(event) => onChange({ paths: event.target.value })}
            />
          </Field>
          <Field
            id={`${prefix}methods`}
            label={GRANT_LABELS.methods}
            hint="Such as GET HEAD. Empty for every method."
            error={errorOf("methods")}
          >
            <Input
              mono
              value={draft.methods}
              autoComplete="off"
              onChange={(event) => onChange({ methods: event.target.value })}
            />
          </Field>
          <p className="text-muted text-sm">
            Proxies that decide by an nginx, HAProxy, Apache or Caddy file cannot tell paths or methods apart:
            they refuse a client with such a grant.
          </p>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field
              id={`${prefix}startsAt`}
              label={GRANT_LABELS.startsAt}
              error={errorOf("startsAt")}
              optional
            >
              <Input
                type="datetime-local"
                value={draft.startsAt}
                onChange={(event) => onChange({ startsAt: event.target.value })}
              />
            </Field>
            <Field id={`${prefix}endsAt`} label={GRANT_LABELS.endsAt} error={errorOf("endsAt")} optional>
              <Input
                type="datetime-local"
                value={draft.endsAt}
                onChange={(event) => onChange({ endsAt: event.target.value })}
              />
            </Field>
          </div>
        </div>
      </details>
    </div>
  );
}
