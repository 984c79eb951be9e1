import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

/** Since when the key may be in other hands (invalidityDate, RFC 5280 §5.3.2). */
export function CompromisedSince() {
  // Browsers give a time without a zone: it is asked for and read as UTC.
  const now = new Date().toISOString().slice(0, 16);
  return (
    <Field
      label="Compromised since (UTC)"
      hint={`When the key got into other hands, as far as known. The revocation itself counts from now, which is ${now.replace("T", " ")}.`}
      optional
    >
      <Input name="compromisedSince" type="datetime-local" max={now} />
    </Field>
  );
}

/** What a form says of it: "2026-11-22T21:48"; empty when it is not known. */
export function compromisedSinceOf(form: FormData): string {
  return String(form.get("compromisedSince") ?? "");
}
