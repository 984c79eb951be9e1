"use client";

import { type FormEvent, useState } from "react";
import { MemberPicker } from "#components/bundle/member-picker.tsx";
import { slugFromName } from "#components/profile/slug-from-name.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import type { AnchorChoice } from "#lib/inventory/anchor-search.ts";
import type { BundleView } from "#lib/inventory/trust-bundle-read.ts";
import { createNewBundle, findAnchors, saveBundle } from "./actions.ts";
import { chosenAnchors } from "./anchor-choice.ts";

interface Facts {
  slug: string;
  name: string;
  description: string;
}

interface BundleFormProps {
  /** Absent for a new bundle. */
  present?: { id: string; version: number };
  start: Facts;
  chosen: readonly AnchorChoice[];
  /** What is offered before anything is typed. */
  first: readonly AnchorChoice[];
  /** Where bundles are published, for the hint at the short name. */
  base: string;
  now: Date;
}

const LABELS = { name: "Name", slug: "Short name", description: "Description", members: "Certificates" };

/** Creates or changes a trust bundle. */
export function BundleForm({ present, start, chosen, first, base, now }: BundleFormProps) {
  const [facts, setFacts] = useState<Facts>(start);
  const [anchors, setAnchors] = useState<readonly AnchorChoice[]>(chosen);
  const [version, setVersion] = useState(present?.version ?? 0);
  const [overtaken, setOvertaken] = useState<{ message: string; theirs: BundleView }>();
  const [slugTyped, setSlugTyped] = useState(present !== undefined);
  const { send, pending, errors, errorOf } = useObjectAction(async () => {
    const { slug, ...change } = { ...facts, members: anchors.map(({ id }) => id) };
    if (present === undefined) return createNewBundle({ bundle: { slug, ...change } });
    const result = await saveBundle({ id: present.id, version, bundle: change });
    const data = result?.data;
    setOvertaken(data === undefined ? undefined : { message: data.overtaken, theirs: data.present });
    // What is chosen may be saved over the state that is now shown, not over another one.
    if (data !== undefined) setVersion(data.present.version);
    return result;
  }, LABELS);

  const changeFacts = (part: Partial<Facts>) => setFacts((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) send(undefined);
  };
  const takeTheirs = ({ slug, name, description, members }: BundleView) => {
    setFacts({ slug, name, description });
    setAnchors(chosenAnchors(members));
    setOvertaken(undefined);
  };

  return (
    <form onSubmit={submit} className="flex max-w-3xl min-w-0 flex-col gap-5">
      {overtaken !== undefined && (
        <Notice
          tone="warn"
          announce
          title={overtaken.message}
          actions={
            <Button size="sm" onClick={() => takeTheirs(overtaken.theirs)}>
              Take the saved state instead
            </Button>
          }
        >
          <p>
            Saved now: {overtaken.theirs.name}, with{" "}
            {overtaken.theirs.members.map(({ name }) => name).join(", ") || "no certificate"}. Nothing of
            yours is lost; save again to put yours in its place.
          </p>
        </Notice>
      )}
      <FormErrorSummary errors={errors} title="The bundle was not saved" />
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
              hint={present === undefined ? "Its address ends in it, and never changes." : undefined}
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
          <p className="break-all text-muted text-sm">
            Published at{" "}
            <span className="font-mono">
              {base}/trust/{facts.slug || "…"}.pem
            </span>
          </p>
          <Field id="description" label={LABELS.description} error={errorOf("description")} optional>
            <Textarea
              rows={2}
              maxLength={500}
              value={facts.description}
              onChange={(event) => changeFacts({ description: event.target.value })}
            />
          </Field>
        </div>
      </Card>
      <Card
        title={LABELS.members}
        description="Whoever has a certificate below one of these is trusted. Take the root in with an intermediate: OpenSSL, and nginx with it, demands it."
      >
        <MemberPicker
          chosen={anchors}
          onChange={setAnchors}
          first={first}
          search={findAnchors}
          now={now}
          error={errorOf("members")}
        />
      </Card>
      <div className="flex flex-wrap gap-2">
        <SubmitButton pending={pending}>
          {present === undefined ? "Create the bundle" : overtaken === undefined ? "Save" : "Save mine"}
        </SubmitButton>
        <ButtonLink href={present === undefined ? "/bundles" : `/bundles/${start.slug}`} variant="quiet">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
