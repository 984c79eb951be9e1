import Form from "next/form";
import { STATE_WORDS } from "#components/client/client-words.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

interface ClientFiltersProps {
  services: readonly { slug: string; name: string }[];
  /** Empty for all, each. */
  search: string;
  state: string;
  /** Short name. */
  service: string;
}

/** What the list of clients is narrowed to; it stands in the address. */
export function ClientFilters({ services, search, state, service }: ClientFiltersProps) {
  return (
    <Form
      action="/clients"
      role="search"
      className="flex flex-wrap items-end gap-3 border-line border-b px-4 py-3"
    >
      <Field label="Name" className="w-full sm:w-64">
        <Input name="q" type="search" defaultValue={search} maxLength={100} autoComplete="off" />
      </Field>
      <Field label="Status" className="w-[calc(50%-0.375rem)] sm:w-44">
        <Select name="state" defaultValue={state}>
          <option value="">Any but retired</option>
          {Object.entries(STATE_WORDS).map(([name, { word }]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="May call" className="w-[calc(50%-0.375rem)] sm:w-48">
        <Select name="service" defaultValue={service}>
          <option value="">Any service</option>
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
      {(search !== "" || state !== "" || service !== "") && (
        <ButtonLink href="/clients" variant="quiet" className="mb-1">
          Show all
        </ButtonLink>
      )}
    </Form>
  );
}
