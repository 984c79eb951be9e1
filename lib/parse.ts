import type { z } from "zod";
import { DomainError } from "#lib/errors.ts";

/**
 * Parses input by a schema, with zod's findings as violations: `names.0.value` names the field,
 * zod's code the rule.
 *
 * @throws DomainError `malformed`
 */
export function parsed<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw inputError(result.error);
}

/** Findings of a schema as the domain's error. */
export function inputError(error: z.ZodError): DomainError {
  const violations = error.issues.map(({ path, code, message }) => {
    const field = path.map(String).join(".");
    return {
      field: field || "input",
      rule: `input.${code}`,
      detail: field === "" ? `${message}.` : `${field}: ${message}.`,
    };
  });
  return new DomainError("malformed", violations.map((violation) => violation.detail).join(" "), {
    violations,
  });
}
