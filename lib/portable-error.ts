import { DomainError, type ErrorCode, type Violation } from "#lib/errors.ts";

/** An error as it travels between threads, which would strip its class. */
export type PortableError =
  | { code: ErrorCode; detail: string; violations: readonly Violation[] }
  | { code: null; message: string; stack: string };

export function portableError(error: unknown): PortableError {
  if (error instanceof DomainError) {
    return { code: error.code, detail: error.message, violations: error.violations };
  }
  const unexpected = error instanceof Error ? error : new Error(String(error));
  return { code: null, message: unexpected.message, stack: unexpected.stack ?? "" };
}

/** The error on the other side. */
export function revivedError(portable: PortableError): Error {
  if (portable.code !== null) {
    return new DomainError(portable.code, portable.detail, { violations: portable.violations });
  }
  const error = new Error(portable.message);
  error.stack = portable.stack;
  return error;
}
