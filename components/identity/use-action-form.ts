"use client";

import { type FormEvent, startTransition, useActionState } from "react";
import type { FormError } from "#components/ui/form-error-summary.tsx";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, type Refusal, refusalOf } from "#lib/web/refusal.ts";

interface ActionForm<Data> {
  /** What the action answered last, when it was done. */
  data: Data | undefined;
  refusal: Refusal | undefined;
  pending: boolean;
  /** What is wrong with a field, for its Field. */
  errorOf: (field: string) => string | undefined;
  /** Everything that is wrong, for the summary above the form. */
  errors: FormError[];
  /** Spread on the form. */
  form: { action: (form: FormData) => void; onSubmit: (event: FormEvent<HTMLFormElement>) => void };
}

/**
 * A form in front of a server action.
 *
 * @param act the action; it gets the form's fields
 * @param fields names of the fields that the form shows; their controls have the same ids
 */
export function useActionForm<Data>(
  act: (form: FormData) => Promise<ActionResult<Data> | undefined>,
  fields: readonly string[],
): ActionForm<Data> {
  const [result, dispatch, pending] = useActionState<ActionResult<Data>, FormData>(
    async (_, form) => (await answerOf(act(form))) ?? {},
    {},
  );
  const refusal = refusalOf(result);
  return {
    data: result.data,
    refusal,
    pending,
    errorOf: (field) => refusal?.violations.find((violation) => violation.field === field)?.detail,
    errors: refusal === undefined ? [] : errorsOf(refusal, fields),
    form: {
      action: dispatch,
      // React empties a form when its action is done, also when it was refused; this does not.
      onSubmit: (event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        if (!pending) startTransition(() => dispatch(form));
      },
    },
  };
}

function errorsOf(refusal: Refusal, fields: readonly string[]): FormError[] {
  if (refusal.violations.length === 0) return [{ message: refusal.message }];
  return refusal.violations.map(({ field, detail }) => ({
    message: detail,
    ...(fields.includes(field) ? { fieldId: field } : {}),
  }));
}
