import Form from "next/form";
import { type ClientAddress, clientsHref } from "#components/client/client-address.ts";
import { STATE_WORDS } from "#components/client/client-words.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { ENDING_DAYS } from "#lib/access/ending-clients.ts";

interface ClientFiltersProps {
  services: readonly { slug: string; name: string }[];
  /** What it is narrowed to now. */
  address: ClientAddress;
}

/** What the list of clients is narrowed to; it stands in the address. */
export function ClientFilters({ services, address }: ClientFiltersProps) {
  const { search, state = "", service, environment, owner, tag } = address;
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
          <option value="ending">ends within {ENDING_DAYS} days</option>
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
      <Field label="Environment" className="w-[calc(50%-0.375rem)] sm:w-32">
        <Input name="environment" defaultValue={environment} maxLength={100} autoComplete="off" />
      </Field>
      <Field label="Owner" className="w-[calc(50%-0.375rem)] sm:w-40">
        <Input name="owner" defaultValue={owner} maxLength={100} autoComplete="off" />
      </Field>
      <Field label="Tag" className="w-[calc(50%-0.375rem)] sm:w-32">
        <Input name="tag" defaultValue={tag} maxLength={100} autoComplete="off" />
      </Field>
      <SubmitButton variant="secondary" className="mb-1">
        Show
      </SubmitButton>
      {clientsHref(address) !== "/clients" && (
        <ButtonLink href="/clients" variant="quiet" className="mb-1">
          Show all
        </ButtonLink>
      )}
    </Form>
  );
}
