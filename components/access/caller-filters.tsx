import Form from "next/form";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

interface CallerFiltersProps {
  services: readonly { slug: string; name: string }[];
  /** Short name; empty for all. */
  service: string;
}

/** At which service callers came; it stands in the address. */
export function CallerFilters({ services, service }: CallerFiltersProps) {
  return (
    <Form action="/clients/callers" className="flex flex-wrap items-end gap-3 px-4 py-3">
      <Field label="Service" className="w-full sm:w-64">
        <Select name="service" defaultValue={service}>
          <option value="">Any</option>
          {services.map(({ slug, name }) => (
            <option key={slug} value={slug}>
              {harmless(name)}
            </option>
          ))}
        </Select>
      </Field>
      <SubmitButton variant="secondary" className="mb-1">
        Show
      </SubmitButton>
      {service !== "" && (
        <ButtonLink href="/clients/callers" variant="quiet" className="mb-1">
          Show all
        </ButtonLink>
      )}
    </Form>
  );
}
