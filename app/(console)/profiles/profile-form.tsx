"use client";

import { type FormEvent, useState } from "react";
import type { AuthorityChoice } from "#components/profile/authority-choice.ts";
import { DurationField } from "#components/profile/duration-field.tsx";
import { KeyAlgorithmFields } from "#components/profile/key-algorithm-fields.tsx";
import { NameRulesFields } from "#components/profile/name-rules-fields.tsx";
import { OvertakenNotice } from "#components/profile/overtaken-notice.tsx";
import { rulesDifference } from "#components/profile/rules-difference.ts";
import { type RulesDraft, toRules, toRulesDraft } from "#components/profile/rules-draft.ts";
import { RulesInWords } from "#components/profile/rules-in-words.tsx";
import { slugFromName } from "#components/profile/slug-from-name.ts";
import { TryNameBox } from "#components/profile/try-name-box.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import type { ProfileView } from "#lib/authority/profile-read.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import { createNewProfile, saveProfile } from "./actions.ts";

interface Facts {
  slug: string;
  name: string;
  description: string;
  authorityId: string;
}

interface ProfileFormProps {
  /** Absent for a new profile. */
  present?: { id: string; version: number };
  start: Facts & { rules: ProfileRules };
  authorities: AuthorityChoice[];
}

const LABELS = {
  name: "Name",
  slug: "Short name",
  description: "Description",
  authorityId: "Authority",
  "rules.usages": "Use",
  "rules.keyAlgorithms": "Key types",
  "rules.lifetime": "Lifetime",
  "rules.lifetime.minSeconds": "Shortest lifetime",
  "rules.lifetime.defaultSeconds": "Usual lifetime",
  "rules.lifetime.maxSeconds": "Longest lifetime",
  "rules.backdateSeconds": "Backdating",
  "rules.names.dns.patterns": "Patterns for DNS names",
  "rules.names.ip.ranges": "Ranges for IP addresses",
  "rules.names.uri.patterns": "Patterns for URIs",
  "rules.names.email.patterns": "Patterns for e-mail addresses",
  "rules.names.max": "Names at most",
};

/** A profile's rules as a form, with what they mean in words beside it. */
export function ProfileForm({ present, start, authorities }: ProfileFormProps) {
  const [facts, setFacts] = useState<Facts>(start);
  const [draft, setDraft] = useState<RulesDraft>(() => toRulesDraft(start.rules));
  const [version, setVersion] = useState(present?.version ?? 0);
  const [overtaken, setOvertaken] = useState<{ message: string; theirs: ProfileView }>();
  const [slugTyped, setSlugTyped] = useState(present !== undefined);
  const { send, pending, errors, errorOf } = useObjectAction(
    async (profile: Facts & { rules: ProfileRules }) => {
      if (present === undefined) return createNewProfile({ profile });
      const result = await saveProfile({ id: present.id, version, profile });
      const data = result?.data;
      setOvertaken(data === undefined ? undefined : { message: data.overtaken, theirs: data.present });
      // What is typed may be saved over the state that is now shown, not over another one.
      if (data !== undefined) setVersion(data.present.version);
      return result;
    },
    LABELS,
  );

  const rules = toRules(draft);
  const authority = authorities.find(({ id }) => id === facts.authorityId);
  const change = (part: Partial<RulesDraft>) => setDraft((now) => ({ ...now, ...part }));
  const changeFacts = (part: Partial<Facts>) => setFacts((now) => ({ ...now, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) send({ ...facts, rules });
  };
  const takeTheirs = ({ slug, name, description, authority, rules: saved }: ProfileView) => {
    setFacts({ slug, name, description, authorityId: authority.id });
    setDraft(toRulesDraft(saved));
    setOvertaken(undefined);
  };

  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <form onSubmit={submit} className="flex min-w-0 flex-col gap-5">
        {overtaken !== undefined && (
          <OvertakenNotice
            message={overtaken.message}
            differences={rulesDifference(
              { ...overtaken.theirs, authorityName: overtaken.theirs.authority.name },
              { ...facts, authorityName: authority?.name ?? "", rules },
            )}
            onTakeTheirs={() => takeTheirs(overtaken.theirs)}
          />
        )}
        <FormErrorSummary errors={errors} title="The profile was not saved" />
        <Card title="What it is for">
          <div className="flex flex-col gap-4">
            <div className="grid gap-4 sm:grid-cols-2">
              <Field id="name" label={LABELS.name} error={errorOf("name")} required>
                <Input
                  value={facts.name}
                  maxLength={64}
                  onChange={({ target: { value } }) =>
                    changeFacts({ name: value, ...(slugTyped ? {} : { slug: slugFromName(value) }) })
                  }
                />
              </Field>
              <Field
                id="slug"
                label={LABELS.slug}
                hint={
                  present === undefined ? "Programs name the profile by it; it never changes." : undefined
                }
                error={errorOf("slug")}
                required
              >
                <Input
                  mono
                  value={facts.slug}
                  maxLength={48}
                  readOnly={present !== undefined}
                  onChange={(event) => {
                    setSlugTyped(event.target.value !== "");
                    changeFacts({ slug: event.target.value });
                  }}
                />
              </Field>
            </div>
            <Field id="description" label={LABELS.description} error={errorOf("description")} optional>
              <Textarea
                rows={2}
                maxLength={500}
                value={facts.description}
                onChange={(event) => changeFacts({ description: event.target.value })}
              />
            </Field>
            <Usages draft={draft} onChange={change} error={errorOf("rules.usages")} />
            <Field
              id="authorityId"
              label={LABELS.authorityId}
              hint={authorityHint(authority, draft)}
              error={errorOf("authorityId")}
              required
            >
              <Select
                value={facts.authorityId}
                onChange={(event) => changeFacts({ authorityId: event.target.value })}
              >
                {authorities.map(({ id, name, kind, status }) => (
                  <option key={id} value={id}>
                    {name}
                    {kind === "root" ? " (root)" : ""}
                    {status === "retired" ? " (retired)" : ""}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
        </Card>
        <Card title="Keys and lifetime">
          <div className="flex flex-col gap-5">
            <KeyAlgorithmFields
              id="rules.keyAlgorithms"
              value={draft.keyAlgorithms}
              onChange={(keyAlgorithms) => change({ keyAlgorithms })}
              error={errorOf("rules.keyAlgorithms")}
            />
            <Fieldset
              legend="Lifetime"
              hint="The usual one is taken when a request asks for none. Renewal is due after two thirds."
              error={errorOf("rules.lifetime")}
            >
              <div id="rules.lifetime" tabIndex={-1} className="grid gap-4 sm:grid-cols-3">
                {LIFETIMES.map(([part, field, label]) => (
                  <DurationField
                    key={part}
                    id={field}
                    label={label}
                    value={draft[part]}
                    onChange={(value) => change({ [part]: value })}
                    error={errorOf(field)}
                  />
                ))}
              </div>
            </Fieldset>
            <div className="max-w-sm">
              <DurationField
                id="rules.backdateSeconds"
                label="Begins in the past by"
                hint="For relying parties whose clocks are behind. Five minutes are usual, two days the most."
                value={draft.backdate}
                onChange={(backdate) => change({ backdate })}
                error={errorOf("rules.backdateSeconds")}
              />
            </div>
          </div>
        </Card>
        <Card
          title="Names"
          description="What relying parties look at are the subject alternative names. A name that no rule allows is refused."
        >
          <div className="flex flex-col gap-5">
            <NameRulesFields draft={draft} onChange={change} errorOf={errorOf} />
            <Field
              id="rules.names.max"
              label={LABELS["rules.names.max"]}
              hint="In one certificate, 1 to 100."
              error={errorOf("rules.names.max")}
              className="max-w-60"
              required
            >
              <Input
                type="number"
                min={1}
                max={100}
                value={draft.maxNames}
                onChange={(event) => change({ maxNames: event.target.value })}
              />
            </Field>
          </div>
        </Card>
        <Card title="Subject">
          <div className="flex flex-col gap-4">
            <Fieldset legend="Common name">
              <RadioCards
                name="commonName"
                columns={3}
                value={draft.commonName}
                onValueChange={(value) => change({ commonName: value as RulesDraft["commonName"] })}
                cards={[
                  {
                    value: "optional",
                    label: "Optional",
                    description: "Taken over when the request has one.",
                  },
                  {
                    value: "required",
                    label: "Required",
                    description: "For programs that still show or read it.",
                  },
                  { value: "forbidden", label: "Forbidden", description: "Only alternative names count." },
                ]}
              />
            </Fieldset>
            <Checkbox
              label="Take over the other attributes of the subject"
              hint="Organisation, unit and so on, as the request states them: nobody has checked them. Otherwise they are left out."
              checked={draft.otherAttributes}
              onChange={(event) => change({ otherAttributes: event.target.checked })}
            />
          </div>
        </Card>
        <div className="flex flex-wrap gap-2">
          <SubmitButton pending={pending}>
            {present === undefined ? "Create the profile" : overtaken === undefined ? "Save" : "Save mine"}
          </SubmitButton>
          <ButtonLink href={present === undefined ? "/profiles" : `/profiles/${start.slug}`} variant="quiet">
            Cancel
          </ButtonLink>
        </div>
      </form>
      <aside aria-label="What the rules mean" className="flex flex-col gap-5 xl:sticky xl:top-16">
        <Card title="In words">
          <RulesInWords rules={rules} />
        </Card>
        <Card title="Does a name fit?">
          <TryNameBox
            profile={{ name: facts.name.trim() || "being made", rules }}
            constraints={authority?.constraints ?? []}
          />
        </Card>
      </aside>
    </div>
  );
}

const LIFETIMES = [
  ["min", "rules.lifetime.minSeconds", "Shortest"],
  ["usual", "rules.lifetime.defaultSeconds", "Usual"],
  ["max", "rules.lifetime.maxSeconds", "Longest"],
] as const;

interface UsagesProps {
  draft: RulesDraft;
  onChange: (part: Partial<RulesDraft>) => void;
  error: string | undefined;
}

function Usages({ draft: { usages }, onChange, error }: UsagesProps) {
  const toggle = (usage: "server" | "client", on: boolean) =>
    onChange({
      usages: (["server", "client"] as const).filter((each) => (each === usage ? on : usages.includes(each))),
    });
  return (
    <Fieldset legend="Use" error={error}>
      <Checkbox
        id="rules.usages"
        label="Server"
        hint="Proves a service to its callers (serverAuth)."
        checked={usages.includes("server")}
        onChange={(event) => toggle("server", event.target.checked)}
      />
      <Checkbox
        label="Client"
        hint="Proves a caller to a service (clientAuth)."
        checked={usages.includes("client")}
        onChange={(event) => toggle("client", event.target.checked)}
      />
    </Fieldset>
  );
}

function authorityHint(authority: AuthorityChoice | undefined, { usages }: RulesDraft): string {
  if (authority === undefined) return "Signs what is issued.";
  const barred = usages.filter((usage) => !authority.purposes.includes(usage));
  if (barred.length > 0)
    return `It may not issue for ${barred.map((usage) => `${usage}s`).join(" and ")}: choose another.`;
  if (authority.kind === "root")
    return "A root should sign authorities only: choose an intermediate, if there is one.";
  return "Signs what is issued; certificates cannot outlive it.";
}
