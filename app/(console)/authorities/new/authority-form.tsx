"use client";

import { type FormEvent, useState } from "react";
import {
  type AuthorityDraft,
  daysLeft,
  firstDraft,
  lifetimeDays,
  type ParentChoice,
  toAuthorityInput,
  withKind,
} from "#components/authority/authority-draft.ts";
import { SubtreeEditor } from "#components/authority/subtree-editor.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { absoluteTime } from "#components/ui/time-format.ts";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { createNewAuthority } from "../actions.ts";

interface AuthorityFormProps {
  /** Authorities that may stand above the new one. */
  parents: ParentChoice[];
  organisation: string;
  /** Id of the parent that the address asks for. */
  wantedParent?: string;
  now: Date;
}

const LABELS = {
  name: "Name",
  organisation: "Organisation",
  parentId: "Signed by",
  keyAlgorithm: "Key",
  days: "Lifetime",
  purposes: "May issue for",
  pathLength: "Path length",
  permitted: "Permitted names",
  excluded: "Excluded names",
  nameConstraints: "Name constraints",
};

/** Everything about a new authority, each rule explained where it is chosen. */
export function AuthorityForm({ parents, organisation, wantedParent, now }: AuthorityFormProps) {
  const [draft, setDraft] = useState(() => firstDraft(parents, organisation, wantedParent));
  const { send, pending, errors, errorOf } = useObjectAction(
    (input: AuthorityDraft) => createNewAuthority({ authority: toAuthorityInput(input) }),
    LABELS,
  );
  const change = (part: Partial<AuthorityDraft>) => setDraft((present) => ({ ...present, ...part }));
  const parent = draft.kind === "root" ? undefined : parents.find(({ id }) => id === draft.parentId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) send(draft);
  };

  return (
    <form onSubmit={submit} className="flex max-w-3xl flex-col gap-5">
      <FormErrorSummary errors={errors} title="The authority was not created" />
      <Card title="What it is">
        <div className="flex flex-col gap-4">
          <Fieldset legend="Kind">
            <RadioCards
              name="kind"
              columns={2}
              value={draft.kind}
              onValueChange={(kind) =>
                setDraft((present) => withKind(present, kind as AuthorityDraft["kind"], parents))
              }
              cards={[
                {
                  value: "intermediate",
                  label: "Intermediate",
                  description:
                    "Signed by an authority here. It can be replaced without touching any trust store.",
                  ...(parents.length === 0
                    ? { unavailable: "There is no authority yet that may stand above it." }
                    : {}),
                },
                {
                  value: "root",
                  label: "Root",
                  description: "Signs itself. Every relying party must load it before it is of any use.",
                },
              ]}
            />
          </Fieldset>
          {draft.kind === "intermediate" && (
            <Field
              id="parentId"
              label={LABELS.parentId}
              error={errorOf("parentId")}
              hint="Only active authorities whose path length leaves room below them."
              required
            >
              <Select value={draft.parentId} onChange={(event) => change({ parentId: event.target.value })}>
                {parents.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
          )}
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field
              id="name"
              label={LABELS.name}
              hint="Its common name; people and logs will see it."
              error={errorOf("name")}
              required
            >
              <Input
                value={draft.name}
                maxLength={64}
                onChange={(event) => change({ name: event.target.value })}
                placeholder={`${organisation || "Example"} ${draft.kind === "root" ? "Root CA" : "Client CA 2"}`}
              />
            </Field>
            <Field
              id="organisation"
              label={LABELS.organisation}
              hint="Stands in its subject too."
              error={errorOf("organisation")}
              optional
            >
              <Input
                value={draft.organisation}
                maxLength={64}
                onChange={(event) => change({ organisation: event.target.value })}
              />
            </Field>
          </div>
          <Purposes
            draft={draft}
            parent={parent}
            error={errorOf("purposes")}
            onChange={(purposes) => change({ purposes })}
          />
        </div>
      </Card>
      <Card title="Key and lifetime">
        <div className="flex flex-col gap-4">
          <KeyChoice
            value={draft.keyAlgorithm}
            error={errorOf("keyAlgorithm")}
            onChange={(keyAlgorithm) => change({ keyAlgorithm })}
          />
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field
              id="days"
              label="Lifetime in years"
              hint={lifetimeHint(parent, now)}
              error={errorOf("days")}
              required
            >
              <Input
                inputMode="decimal"
                value={draft.years}
                onChange={(event) => change({ years: event.target.value })}
              />
            </Field>
            <Field
              id="pathLength"
              label={LABELS.pathLength}
              hint={
                draft.kind === "root"
                  ? "Authorities in a row below it; empty is no limit."
                  : "Authorities in a row below it; 0 for none."
              }
              error={errorOf("pathLength")}
              optional={draft.kind === "root"}
              required={draft.kind === "intermediate"}
            >
              <Input
                type="number"
                min={0}
                max={5}
                value={draft.pathLength}
                onChange={(event) => change({ pathLength: event.target.value })}
              />
            </Field>
          </div>
          <p className="text-muted text-sm">
            {endHint(draft, now)} Relying parties refuse authorities beyond the path length (RFC 5280
            §4.2.1.9).
          </p>
        </div>
      </Card>
      <Card
        title="Name constraints"
        description="For which names relying parties accept certificates of this authority (RFC 5280 §4.2.1.10). Should its key be stolen, it is useless outside them; but names outside can never be added later. Constraints of the authorities above apply as well."
      >
        <div className="flex flex-col gap-5">
          <SubtreeEditor
            id="permitted"
            legend="Permitted names"
            hint="With one row, all other names of that form are refused; forms without a row stay open. Add IP addresses and e-mail too if they should be limited."
            subtrees={draft.permitted}
            onChange={(permitted) => change({ permitted })}
            error={errorOf("permitted") ?? errorOf("nameConstraints")}
          />
          <SubtreeEditor
            id="excluded"
            legend="Excluded names"
            hint="Refused even where they lie inside a permitted range."
            subtrees={draft.excluded}
            onChange={(excluded) => change({ excluded })}
            error={errorOf("excluded")}
          />
        </div>
      </Card>
      <div className="flex flex-wrap gap-2">
        <SubmitButton pending={pending}>
          Create the {draft.kind === "root" ? "root" : "intermediate"}
        </SubmitButton>
        <ButtonLink href="/authorities" variant="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}

interface PurposesProps {
  draft: AuthorityDraft;
  parent: ParentChoice | undefined;
  error: string | undefined;
  onChange: (purposes: AuthorityDraft["purposes"]) => void;
}

function Purposes({ draft: { purposes, kind }, parent, error, onChange }: PurposesProps) {
  const toggle = (purpose: "server" | "client", on: boolean) =>
    onChange(
      (["server", "client"] as const).filter((each) => (each === purpose ? on : purposes.includes(each))),
    );
  const barred = (purpose: "server" | "client") =>
    parent !== undefined && !parent.purposes.includes(purpose) ? `${parent.name} may not.` : undefined;
  return (
    <Fieldset legend={LABELS.purposes} error={error}>
      <Checkbox
        id="purposes"
        label="Servers"
        hint={barred("server") ?? "Certificates with which services prove themselves to their callers."}
        checked={purposes.includes("server")}
        disabled={barred("server") !== undefined && !purposes.includes("server")}
        onChange={(event) => toggle("server", event.target.checked)}
      />
      <Checkbox
        label="Clients"
        hint={barred("client") ?? "Certificates with which callers prove themselves to services."}
        checked={purposes.includes("client")}
        disabled={barred("client") !== undefined && !purposes.includes("client")}
        onChange={(event) => toggle("client", event.target.checked)}
      />
      {kind === "intermediate" && purposes.length === 2 && (
        <Notice tone="info">
          One intermediate for each is safer: a relying party that trusts only the clients’ authority can then
          never take a server’s certificate for a client.
        </Notice>
      )}
    </Fieldset>
  );
}

interface KeyChoiceProps {
  value: KeyAlgorithm;
  error: string | undefined;
  onChange: (algorithm: KeyAlgorithm) => void;
}

function KeyChoice({ value, error, onChange }: KeyChoiceProps) {
  const algorithms = Object.values(KEY_ALGORITHMS);
  const { note, postQuantum } = KEY_ALGORITHMS[value];
  const options = (group: typeof algorithms) =>
    group.map(({ algorithm, label }) => (
      <option key={algorithm} value={algorithm}>
        {label}
      </option>
    ));
  return (
    <>
      <Field
        id="keyAlgorithm"
        label={LABELS.keyAlgorithm}
        hint="Made here and kept encrypted under the master key. ECDSA P-256 is accepted everywhere and fast."
        error={error}
        required
      >
        <Select value={value} onChange={(event) => onChange(event.target.value as KeyAlgorithm)}>
          <optgroup label="Accepted by today's proxies">
            {options(algorithms.filter((each) => !each.postQuantum))}
          </optgroup>
          <optgroup label="Post-quantum: no current proxy accepts it">
            {options(algorithms.filter((each) => each.postQuantum))}
          </optgroup>
        </Select>
      </Field>
      {note !== undefined && (
        <Notice tone={postQuantum ? "warn" : "info"} title={`${KEY_ALGORITHMS[value].label}: ${note}`}>
          {postQuantum && "Choose it to try post-quantum certificates, not for traffic that must flow today."}
        </Notice>
      )}
    </>
  );
}

function lifetimeHint(parent: ParentChoice | undefined, now: Date): string {
  if (parent === undefined) return "Years of 365 days.";
  return `At most ${Math.floor((daysLeft(parent, now) / 365) * 100) / 100}, what remains of its parent.`;
}

function endHint(draft: AuthorityDraft, now: Date): string {
  const days = lifetimeDays(draft);
  if (!Number.isFinite(days) || days <= 0) return "";
  const end = `It would end at ${absoluteTime(new Date(now.getTime() + days * 86_400_000))}.`;
  return draft.kind === "root"
    ? `${end} Every relying party has to load its successor before: plan that two years ahead.`
    : `${end} No certificate can outlive it.`;
}
