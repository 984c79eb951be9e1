import type { Violation } from "#lib/errors.ts";

/** Why an action was refused, as a form shows it. */
export interface Refusal {
  /** One sentence. */
  message: string;
  /** What is wrong field by field. */
  violations: readonly Violation[];
  /** Under which the log has the cause, when the error is ours. */
  id?: string;
}

/** What an action answers; the parts of next-safe-action's result that forms read. */
export interface ActionResult<Data = unknown> {
  data?: Data | undefined;
  serverError?: Refusal | undefined;
  validationErrors?:
    | { formErrors?: string[] | undefined; fieldErrors?: Record<string, string[] | undefined> | undefined }
    | undefined;
}

/** The refusal in an answer, from whichever step of the pipeline; undefined when it was done. */
export function refusalOf(result: ActionResult | undefined): Refusal | undefined {
  if (result?.serverError !== undefined) return result.serverError;
  if (result?.validationErrors === undefined) return undefined;
  const { formErrors = [], fieldErrors = {} } = result.validationErrors;
  const violations = Object.entries(fieldErrors).flatMap(([field, details = []]) =>
    details.map((detail) => ({ field, rule: "input", detail })),
  );
  return { message: formErrors[0] ?? violations[0]?.detail ?? "The input is not complete.", violations };
}
