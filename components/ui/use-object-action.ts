"use client";

import { useState, useTransition } from "react";
import type { FormError } from "#components/ui/form-error-summary.tsx";
import { spokenViolation } from "#components/ui/spoken-violation.ts";
import { DomainError } from "#lib/errors.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, type Refusal, refusalOf } from "#lib/web/refusal.ts";

interface ObjectAction<Input> {
  pending: boolean;
  /** Sends what the form holds; what it holds stays, also when it was refused. */
  send: (input: Input) => void;
  /** What is wrong with a field or with a part of it, for its Field. */
  errorOf: (field: string) => string | undefined;
  /** Everything that is wrong, for the summary above the form. */
  errors: readonly FormError[];
}

/**
 * A form whose state is an object of its own, in front of a server action; for forms with lists in them.
 *
 * @param act the action, and what follows when it was done
 * @param labels path of a field, as violations name it and as its control's id → its label
 */
export function useObjectAction<Input>(
  act: (input: Input) => Promise<ActionResult | undefined>,
  labels: Readonly<Record<string, string>>,
): ObjectAction<Input> {
  const [pending, startTransition] = useTransition();
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  return {
    pending,
    send: (input) =>
      startTransition(async () => {
        const refusal = await refused(() => act(input));
        setErrors(refusal === undefined ? [] : errorsOf(refusal, labels));
      }),
    errorOf: (field) => errors.find((error) => error.fieldId === field)?.message,
    errors,
  };
}

/** What an action refused, or what was found wrong on the way to it. */
async function refused(act: () => Promise<ActionResult | undefined>): Promise<Refusal | undefined> {
  const found = async () => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { serverError: { message: error.message, violations: error.violations } };
    }
  };
  return refusalOf(await answerOf(found()));
}

/** What is wrong, each finding with the control that it is about. */
export function errorsOf(refusal: Refusal, labels: Readonly<Record<string, string>>): FormError[] {
  if (refusal.violations.length === 0) return [{ message: refusal.message }];
  return refusal.violations.map(({ field, detail }) => {
    const control = controlOf(field, labels);
    const message = spokenViolation(field, detail, control === undefined ? undefined : labels[control]);
    return control === undefined ? { message } : { message, fieldId: control };
  });
}

/** `permitted.2.value` belongs to the control of `permitted` when it has none of its own. */
function controlOf(field: string, labels: Readonly<Record<string, string>>): string | undefined {
  for (let path = field; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    if (Object.hasOwn(labels, path)) return path;
  }
  return undefined;
}
