"use client";

import { type FormEvent, useState } from "react";
import { slugFromName } from "#components/profile/slug-from-name.ts";
import { FileLimits } from "#components/service/file-limits.tsx";
import { ServiceChangeNotice } from "#components/service/service-change-notice.tsx";
import { type ServiceDraft, STRENGTH_WORDS, serviceInput } from "#components/service/service-draft.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import { createNewService, saveService } from "./actions.ts";

interface ServiceFormProps {
  /** Absent for a new service. `callersWaiting`: of it, that nobody admitted yet. */
  present?: { id: string; version: number; callersWaiting: number; countMax: number };
  start: ServiceDraft;
  /** Authorities that can be accepted. */
  authorities: readonly { id: string; name: string }[];
  /** Names of the proxies in front of it that decide from a file. */
  fileProxies?: readonly string[];
}

const LABELS = {
  name: "Name",
  slug: "Short name",
  hostNames: "Host names",
  notes: "Notes",
  minimumStrength: "Weakest key",
  authorities: "Authorities",
  unknownClients: "Unknown callers",
};

const UNKNOWN = [
  {
    value: "refuse",
    label: "Refuse them",
    description: "Only clients that were granted the service get in.",
  },
  {
    value: "learn",
    label: "Let them in and record them (learning)",
    description:
      "For the time of moving in: whoever has a sound certificate of an accepted authority gets in, and waits under “Callers from traffic” to be admitted. Only at proxies that ask: those that decide from a file refuse strangers.",
  },
];

/** Creates or changes a service. */
export function ServiceForm({ present, start, authorities, fileProxies = [] }: ServiceFormProps) {
  const [draft, setDraft] = useState(start);
  const [slugTyped, setSlugTyped] = useState(present !== undefined);
  const change = (part: Partial<ServiceDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { send, pending, errors, errorOf } = useObjectAction(async () => {
    const { slug, ...facts } = serviceInput(draft);
    return present === undefined
      ? createNewService({ service: { slug, ...facts } })
      : saveService({ id: present.id, version: present.version, slug, service: facts });
  }, LABELS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) send(undefined);
  };
  return (
    <form onSubmit={submit} noValidate className="flex max-w-3xl min-w-0 flex-col gap-5">
      <FormErrorSummary errors={errors} title="The service was not saved" />
      <Card title="What is protected">
        <div className="flex flex-col gap-4">
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field id="name" label={LABELS.name} hint="As people call it." error={errorOf("name")} required>
              <Input
                value={draft.name}
                maxLength={64}
                autoComplete="off"
                onChange={({ target: { value } }) =>
                  change({ name: value, ...(slugTyped ? {} : { slug: slugFromName(value) }) })
                }
              />
            </Field>
            <Field
              id="slug"
              label={LABELS.slug}
              hint={present === undefined ? "Proxies ask by it; it never changes." : "Proxies ask by it."}
              error={errorOf("slug")}
              required
            >
              <Input
                mono
                value={draft.slug}
                maxLength={48}
                autoComplete="off"
                readOnly={present !== undefined}
                onChange={({ target: { value } }) => {
                  setSlugTyped(value !== "");
                  change({ slug: value });
                }}
              />
            </Field>
          </div>
          <Field
            id="hostNames"
            label={LABELS.hostNames}
            hint="Where clients reach it, one to a line. For people only: a proxy asks by the short name."
            error={errorOf("hostNames")}
            optional
          >
            <Textarea
              mono
              rows={2}
              value={draft.hostNames}
              onChange={(event) => change({ hostNames: event.target.value })}
            />
          </Field>
          <Field id="notes" label={LABELS.notes} error={errorOf("notes")} optional>
            <Textarea
              rows={2}
              maxLength={10_000}
              value={draft.notes}
              onChange={(event) => change({ notes: event.target.value })}
            />
          </Field>
        </div>
      </Card>
      <Card title="What a caller must present">
        <div className="flex flex-col gap-4">
          <Field
            id="minimumStrength"
            label={LABELS.minimumStrength}
            hint="Security strength of the client's key (NIST SP 800-57)."
            error={errorOf("minimumStrength")}
          >
            <Select
              value={draft.minimumStrength}
              onChange={(event) => change({ minimumStrength: event.target.value })}
            >
              {Object.entries(STRENGTH_WORDS).map(([bits, words]) => (
                <option key={bits} value={bits}>
                  {words}
                </option>
              ))}
            </Select>
          </Field>
          {authorities.length > 0 && (
            <Authorities
              all={authorities}
              chosen={draft.authorities}
              onChange={(chosen) => change({ authorities: chosen })}
              error={errorOf("authorities")}
            />
          )}
        </div>
      </Card>
      <Card title="When in doubt">
        <div className="flex flex-col gap-4">
          <Fieldset legend={LABELS.unknownClients} error={errorOf("unknownClients")}>
            <RadioCards
              name="unknownClients"
              cards={UNKNOWN}
              value={draft.unknownClients}
              onValueChange={(value) => change({ unknownClients: value === "learn" ? "learn" : "refuse" })}
            />
          </Fieldset>
          <Checkbox
            label="Fail open: let callers in when it cannot be decided"
            hint="Only when the database was away for too long, or a CRL is missing, and at proxies that ask. An alarm is raised meanwhile."
            checked={draft.failsOpen}
            onChange={(event) => change({ failsOpen: event.target.checked })}
          />
          <FileLimits
            isLearning={draft.unknownClients === "learn"}
            failsOpen={draft.failsOpen}
            proxies={fileProxies}
          />
          {draft.failsOpen && (
            <Notice tone="warn">
              Whoever makes the database unreachable gets in with any sound certificate. Leave it off unless
              an outage is worse than a stranger.
            </Notice>
          )}
        </div>
      </Card>
      {present !== undefined && <ServiceChangeNotice {...present} start={start} draft={draft} />}
      <div className="flex flex-wrap gap-2">
        <SubmitButton pending={pending}>{present === undefined ? "Create the service" : "Save"}</SubmitButton>
        <ButtonLink href={present === undefined ? "/services" : `/services/${start.slug}`} variant="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}

interface AuthoritiesProps {
  all: ServiceFormProps["authorities"];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  error: string | undefined;
}

function Authorities({ all, chosen, onChange, error }: AuthoritiesProps) {
  return (
    <Fieldset
      legend="Authorities accepted"
      hint="None marked: all that are known here, and certificates that were pinned whoever issued them."
      error={error}
    >
      <div id="authorities" tabIndex={-1} className="grid gap-2 rounded-md sm:grid-cols-2">
        {all.map(({ id, name }) => (
          <Checkbox
            key={id}
            label={<span className="break-words">{harmless(name)}</span>}
            checked={chosen.includes(id)}
            onChange={({ target: { checked } }) =>
              onChange(checked ? [...chosen, id] : chosen.filter((each) => each !== id))
            }
          />
        ))}
      </div>
    </Fieldset>
  );
}
