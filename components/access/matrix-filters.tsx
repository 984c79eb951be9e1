import Form from "next/form";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

interface MatrixFiltersProps {
  search: string;
  services: readonly { slug: string; name: string }[];
  /** Short names of those that are shown. */
  chosen: readonly string[];
  isFiltered: boolean;
}

/** Which clients and services the matrix shows; it stands in the address. */
export function MatrixFilters({ search, services, chosen, isFiltered }: MatrixFiltersProps) {
  return (
    <Form action="/clients/matrix" className="flex flex-wrap items-end gap-3 px-4 py-3">
      <Field label="Client" className="w-full sm:w-64">
        <Input name="q" type="search" defaultValue={search} maxLength={200} autoComplete="off" />
      </Field>
      {services.length > 1 && (
        <details className="relative mb-1">
          <summary className="flex min-h-8 cursor-pointer items-center rounded-md px-2 text-link">
            Services ({chosen.length} of {services.length})
          </summary>
          <fieldset className="absolute top-full left-0 z-30 mt-1 max-h-72 w-72 max-w-[80vw] overflow-y-auto rounded-md border border-line bg-surface p-3 shadow-float">
            <legend className="sr-only">Services that are shown</legend>
            {services.map(({ slug, name }) => (
              <label key={slug} className="flex min-h-7 items-center gap-2">
                <input
                  type="checkbox"
                  name="service"
                  value={slug}
                  defaultChecked={chosen.includes(slug)}
                  className="size-4 shrink-0 accent-accent"
                />
                <span className="min-w-0 truncate">{harmless(name)}</span>
              </label>
            ))}
          </fieldset>
        </details>
      )}
      <SubmitButton variant="secondary" className="mb-1">
        Show
      </SubmitButton>
      {isFiltered && (
        <ButtonLink href="/clients/matrix" variant="quiet" className="mb-1">
          Show all
        </ButtonLink>
      )}
    </Form>
  );
}
