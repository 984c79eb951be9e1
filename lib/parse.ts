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
  const violations = result.error.issues.map((issue) => {
    const field = issue.path.map(String).join(".") || "input";
    return { field, rule: `input.${issue.code}`, detail: `${field}: ${issue.message}.` };
  });
  throw new DomainError("malformed", violations.map((violation) => violation.detail).join(" "), {
    violations,
  });
}
