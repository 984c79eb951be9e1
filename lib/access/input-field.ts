import { DomainError } from "#lib/errors.ts";

/**
 * Does a part of something larger: what is wrong with `name` there is wrong with `client.name` here.
 *
 * @throws what the work throws
 */
export function inField<T>(field: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(field, error);
  }
}

/** The same for work that takes its time. */
export async function inFieldOf<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw named(field, error);
  }
}

function named(field: string, error: unknown): unknown {
  if (!(error instanceof DomainError) || error.violations.length === 0) return error;
  return new DomainError(error.code, error.message, {
    violations: error.violations.map((each) => ({ ...each, field: `${field}.${each.field}` })),
    cause: error,
  });
}
