import { DomainError } from "../errors.ts";

/** A `tooLarge` error about one field: a bound on size, count or work, told before the work is done. */
export function tooLarge(field: string, rule: string, detail: string): DomainError {
  return new DomainError("tooLarge", detail, { violations: [{ field, rule, detail }] });
}
