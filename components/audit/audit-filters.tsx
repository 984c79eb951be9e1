import Form from "next/form";
import { ACTOR_KIND_WORDS, actionsByNoun, capitalised } from "#components/audit/audit-words.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { ACTION_NAMES } from "#lib/audit/action-names.ts";
import { ACTOR_KINDS } from "#lib/audit/read.ts";

interface AuditFiltersProps {
  actorKind: string;
  action: string;
  /** `kind:id` of the thing that all events shown are about; empty for all. */
  object: string;
}

/** What the list is narrowed to; it stands in the address. */
export function AuditFilters({ actorKind, action, object }: AuditFiltersProps) {
  const filtered = actorKind !== "" || action !== "" || object !== "";
  return (
    <Form action="/audit" className="flex flex-wrap items-end gap-3 px-4 py-3">
      {object !== "" && <input type="hidden" name="object" value={object} />}
      <Field label="Who" className="w-full sm:w-48">
        <Select name="actor" defaultValue={actorKind}>
          <option value="">Anybody</option>
          {ACTOR_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {capitalised(ACTOR_KIND_WORDS[kind] ?? kind)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Did what" className="w-full sm:w-80">
        <Select name="action" defaultValue={action}>
          <option value="">Anything</option>
          {actionsByNoun().map(([noun, codes]) => (
            <optgroup key={noun} label={capitalised(noun.replaceAll("-", " "))}>
              {codes.map((code) => (
                <option key={code} value={code}>
                  {capitalised(ACTION_NAMES[code])}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
      </Field>
      <SubmitButton variant="secondary" className="mb-1">
        Show
      </SubmitButton>
      {filtered && (
        <ButtonLink href="/audit" variant="quiet" className="mb-1">
          Show everything
        </ButtonLink>
      )}
    </Form>
  );
}
