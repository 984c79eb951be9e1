"use client";

import { X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { useSearch } from "#components/ui/use-search.ts";

/** A certificate of the inventory, as it is chosen. */
export interface CertificateChoice {
  id: string;
  name: string;
  /** "valid · until 2027-01-01 · 5f3a…". */
  detail: string;
}

interface CertificateChoiceProps {
  chosen: CertificateChoice | null;
  onChange: (chosen: CertificateChoice | null) => void;
  search: (query: string) => Promise<CertificateChoice[]>;
  error: string | undefined;
}

/** Chooses one certificate of the inventory. */
export function CertificateChooser({ chosen, onChange, search, error }: CertificateChoiceProps) {
  const { query, setQuery, found, state } = useSearch(search, []);
  if (chosen !== null) {
    return (
      <div className="flex items-center gap-3 rounded-md border border-line px-3 py-2">
        <span className="min-w-0 flex-1">
          <span className="block break-words font-medium">{harmless(chosen.name)}</span>
          <span className="block text-muted text-sm">{chosen.detail}</span>
        </span>
        <Button size="sm" icon={<X aria-hidden />} onClick={() => onChange(null)}>
          Another one
        </Button>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <Field
        id="certificateId"
        label="Find it"
        hint="By name, serial number or SHA-256 fingerprint."
        error={error}
      >
        <Input
          type="search"
          value={query}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            // Return belongs to the search here, not to the form.
            if (event.key === "Enter") event.preventDefault();
          }}
        />
      </Field>
      <p role="status" className="text-muted text-sm empty:hidden">
        {saying(query, found.length, state)}
      </p>
      {found.length > 0 && (
        <ul
          aria-label="Certificates found"
          className="flex flex-col divide-y divide-line rounded-md border border-line"
        >
          {found.map((each) => (
            <li key={each.id} className="flex items-center gap-3 px-3 py-2">
              <span className="min-w-0 flex-1">
                <span className="block break-words">{harmless(each.name)}</span>
                <span className="block text-muted text-sm">{each.detail}</span>
              </span>
              <Button size="sm" aria-label={`Take ${each.name}`} onClick={() => onChange(each)}>
                Take it
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function saying(query: string, count: number, state: "idle" | "searching" | "failed"): string {
  if (query.trim() === "") return "";
  if (state === "failed") return "The search failed; try again.";
  if (state === "searching") return "Searching…";
  return count === 0 ? "Nothing has that name, serial number or fingerprint." : "";
}
