import type { ReactNode } from "react";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

/** What is said beside a revocation, hold or release. */
export function CommentField({ hint }: { hint: ReactNode }) {
  return (
    <Field label="Comment" hint={hint} optional>
      <Textarea name="comment" rows={2} maxLength={500} autoComplete="off" />
    </Field>
  );
}

/** The comment of a form that has the field. */
export function commentOf(form: FormData): string {
  return String(form.get("comment") ?? "");
}
