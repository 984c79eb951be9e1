"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import { AnchorLine } from "#components/bundle/anchor-line.tsx";

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FieldError } from "#components/ui/field-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { useSearch } from "#components/ui/use-search.ts";
import type { AnchorChoice } from "#lib/inventory/anchor-search.ts";

interface MemberPickerProps {
  chosen: readonly AnchorChoice[];
  onChange: (chosen: AnchorChoice[]) => void;
  /** What is offered before anything is typed. */
  first: readonly AnchorChoice[];
  search: (query: string) => Promise<AnchorChoice[]>;
  now: Date;
  error: string | undefined;
}

/** Chooses the certificates of a trust bundle: those chosen, and a search among those that may be. */
export function MemberPicker({ chosen, onChange, first, search, now, error }: MemberPickerProps) {
  const { query, setQuery, found, state } = useSearch(search, first);
  const headingId = useId();
  const offered = found.filter(({ id }) => !chosen.some((each) => each.id === id));
  return (
    <div id="members" tabIndex={-1} className="flex flex-col gap-4 rounded-md">
      <section aria-labelledby={headingId} className="flex flex-col gap-1.5">
        <h3 id={headingId} className="font-medium">
          In the bundle ({chosen.length})
        </h3>
        {chosen.length === 0 ? (
          <p className="text-muted">
            None yet: choose at least one below. nginx does not start with an empty file.
          </p>
        ) : (
          <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
            {chosen.map((anchor) => (
              <li key={anchor.id} className="flex items-center gap-3 px-3 py-2">
                <AnchorLine anchor={anchor} now={now} />
                <Button
                  size="sm"
                  icon={<X aria-hidden />}
                  aria-label={`Remove ${anchor.name}`}
                  onClick={() => onChange(chosen.filter(({ id }) => id !== anchor.id))}
                >
                  Remove
                </Button>
              </li>
            ))}
          </ul>
        )}
        <FieldError id="members-error" message={error} />
      </section>
      <Field
        label="Add an authority or an imported root"
        hint="Search by name, subject or SHA-256 fingerprint. End-entity certificates are not offered."
      >
        <Input
          type="search"
          value={query}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            // Return belongs to the search here, not to the form.
            if (event.key === "Enter") event.preventDefault();
          }}
        />
      </Field>
      <p role="status" className="sr-only">
        {state === "searching" ? "Searching" : `${offered.length} found`}
      </p>
      {offered.length === 0 ? (
        <p className="text-muted">
          {state === "failed"
            ? "The search failed; try again."
            : query.trim() === ""
              ? "There is nothing more to add."
              : "No other authority's certificate matches. What is missing can be imported under Certificates."}
        </p>
      ) : (
        <ul
          aria-label="To be added"
          className="flex max-h-96 flex-col divide-y divide-line overflow-y-auto rounded-md border border-line"
        >
          {offered.map((anchor) => (
            <li key={anchor.id} className="flex items-center gap-3 px-3 py-2">
              <AnchorLine anchor={anchor} now={now} />
              <Button
                size="sm"
                icon={<Plus aria-hidden />}
                aria-label={`Add ${anchor.name}`}
                onClick={() => onChange([...chosen, anchor])}
              >
                Add
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
