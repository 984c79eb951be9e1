import Form from "next/form";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { REVOCATION_REASONS } from "#lib/x509/revocation-reason.ts";

interface RevocationFiltersProps {
  authorities: readonly { slug: string; name: string }[];
  /** Slug; empty for all. */
  authority: string;
  /** Name of a reason; empty for all. */
  reason: string;
}

/** What the list of revocations is narrowed to; it stands in the address. */
export function RevocationFilters({ authorities, authority, reason }: RevocationFiltersProps) {
  return (
    <Form action="/revocation/certificates" className="flex flex-wrap items-end gap-3 px-4 py-3">
      <Field label="Issuer" className="w-full sm:w-64">
        <Select name="authority" defaultValue={authority}>
          <option value="">Any</option>
          {authorities.map(({ slug, name }) => (
            <option key={slug} value={slug}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Reason" className="w-full sm:w-64">
        <Select name="reason" defaultValue={reason}>
          <option value="">Any</option>
          {Object.entries(REVOCATION_REASONS).map(([name, { title }]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </Select>
      </Field>
      <SubmitButton variant="secondary" className="mb-1">
        Show
      </SubmitButton>
      {(authority !== "" || reason !== "") && (
        <ButtonLink href="/revocation/certificates" variant="quiet" className="mb-1">
          Show all
        </ButtonLink>
      )}
    </Form>
  );
}
