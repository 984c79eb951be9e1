import Form from "next/form";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

interface SetupFormProps {
  fields: {
    choice: string;
    bundle: string;
    name: string;
    port: string;
    upstream: string;
    open: string;
    resolver: string;
  };
  errors: { [field in keyof SetupFormProps["fields"]]?: string };
  choices: readonly { value: string; label: string }[];
  bundles: readonly { slug: string; name: string }[];
  /** Whether the proxy looks names up by itself. */
  asksByName: boolean;
}

/** What a proxy is to be set up for; it stands in the address. */
export function SetupForm({ fields, errors, choices, bundles, asksByName }: SetupFormProps) {
  return (
    <Card title="Your proxy" description="Nothing is stored: the address of this page says it all.">
      <Form action="/revocation/setup" className="flex flex-col gap-4">
        <div className="grid items-end gap-4 sm:grid-cols-2 xl:grid-cols-4">
          <Field label="Proxy and check" error={errors.choice}>
            <Select name="choice" defaultValue={fields.choice}>
              {choices.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Clients it admits" error={errors.bundle}>
            <Select name="bundle" defaultValue={fields.bundle}>
              {bundles.map(({ slug, name }) => (
                <option key={slug} value={slug}>
                  {harmless(name)}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Name of the service" error={errors.name}>
            <Input name="name" mono defaultValue={fields.name} maxLength={253} />
          </Field>
          <Field label="Port" error={errors.port}>
            <Input name="port" mono inputMode="numeric" defaultValue={fields.port} maxLength={5} />
          </Field>
          <Field label="Service behind it" error={errors.upstream}>
            <Input name="upstream" mono defaultValue={fields.upstream} maxLength={260} />
          </Field>
          <Field label="Open connections, seconds" error={errors.open}>
            <Input name="open" mono inputMode="numeric" defaultValue={fields.open} maxLength={5} />
          </Field>
          {asksByName && (
            <Field label="DNS server" optional error={errors.resolver}>
              <Input name="resolver" mono defaultValue={fields.resolver} maxLength={45} />
            </Field>
          )}
        </div>
        <SubmitButton variant="primary" className="self-start">
          Show the configuration
        </SubmitButton>
      </Form>
    </Card>
  );
}
