"use client";

import { X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, Suspense, use, useId, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { spokenViolation } from "#components/ui/spoken-violation.ts";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, type Refusal, refusalOf } from "#lib/web/refusal.ts";

/** Owners and tags that are in use. */
export interface KnownAnnotations {
  owners: readonly string[];
  tags: readonly string[];
}

/** Server action that sets an owner, adds tags and takes others away. */
export type SaveOwnership = (input: {
  certificate: string;
  owner: string;
  addTags: string[];
  removeTags: string[];
}) => Promise<ActionResult | undefined>;

interface OwnershipFormProps {
  certificateId: string;
  owner: string;
  tags: readonly string[];
  known: Promise<KnownAnnotations>;
  save: SaveOwnership;
  close: () => void;
}

/** Changes the owner and the tags. */
export function OwnershipForm({ certificateId, owner, tags, known, save, close }: OwnershipFormProps) {
  const ids = { owners: useId(), tags: useId() };
  const [wanted, setWanted] = useState<readonly string[]>(tags);
  const [typed, setTyped] = useState("");
  const [errors, setErrors] = useState<{ owner?: string | undefined; tags?: string | undefined }>({});
  const [pending, startTransition] = useTransition();

  const withTyped = () => [
    ...new Set([
      ...wanted,
      ...typed
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter((tag) => tag !== ""),
    ]),
  ];
  const addTyped = () => {
    setWanted(withTyped());
    setTyped("");
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = withTyped();
    addTyped();
    const change = {
      certificate: certificateId,
      owner: String(new FormData(event.currentTarget).get("owner")),
      addTags: chosen.filter((tag) => !tags.includes(tag)),
      removeTags: tags.filter((tag) => !chosen.includes(tag)),
    };
    startTransition(async () => {
      const refused = refusalOf(await answerOf(save(change)));
      if (refused === undefined) {
        toast("ok", "Owner and tags are saved");
        close();
        return;
      }
      setErrors(errorsOf(refused, change.addTags));
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter adds the tag; only an empty field sends the form.
    if ((event.key !== "Enter" && event.key !== ",") || typed.trim() === "") return;
    event.preventDefault();
    addTyped();
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Suspense>
        <Suggestions ids={ids} known={known} />
      </Suspense>
      <Field label="Owner" hint="A person or a team. Empty for nobody." error={errors.owner}>
        <Input
          name="owner"
          defaultValue={owner}
          maxLength={100}
          list={ids.owners}
          autoComplete="off"
          autoFocus
        />
      </Field>
      <Field label="Add a tag" hint="Letters, digits and . _ : / = @ -" error={errors.tags}>
        <Input
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          list={ids.tags}
          autoComplete="off"
          autoCapitalize="none"
        />
      </Field>
      {wanted.length > 0 && (
        <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
          {wanted.map((tag) => (
            <li key={tag}>
              <button
                type="button"
                aria-label={`Remove the tag ${tag}`}
                onClick={() => setWanted(wanted.filter((each) => each !== tag))}
                className="inline-flex min-h-7 max-w-full items-center gap-1 rounded-sm border border-line-strong/50 px-1.5 text-sm hover:bg-hover pointer-coarse:min-h-9"
              >
                <span className="truncate">{tag}</span>
                <X aria-hidden className="size-3.5 shrink-0 text-muted" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          Save
        </Button>
        <Button onClick={close} disabled={pending}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function Suggestions({
  ids,
  known,
}: {
  ids: { owners: string; tags: string };
  known: Promise<KnownAnnotations>;
}) {
  const { owners, tags } = use(known);
  return (
    <>
      <datalist id={ids.owners}>
        {owners.map((owner) => (
          <option key={owner} value={owner} />
        ))}
      </datalist>
      <datalist id={ids.tags}>
        {tags.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </>
  );
}

/** A violation names the place of a tag in the list that was sent: here it names the tag. */
function errorsOf({ message, violations }: Refusal, sentTags: readonly string[]) {
  const ofOwner = violations.find(({ field }) => field === "owner");
  if (ofOwner !== undefined) return { owner: spokenViolation("owner", ofOwner.detail, "Owner") };
  const [first] = violations;
  const place = /^addTags\.(\d+)$/.exec(first?.field ?? "")?.[1];
  if (first === undefined || place === undefined) return { tags: message };
  return { tags: spokenViolation(first.field, first.detail, sentTags[Number(place)]) };
}
