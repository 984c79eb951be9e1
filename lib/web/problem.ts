import { DomainError, type ErrorCode, type Violation } from "#lib/errors.ts";

/** A problem document (RFC 9457 §3). It is made at the edge and never thrown. */
export interface Problem {
  /** Identifies the kind of problem; compare this, not the title. */
  type: string;
  title: string;
  status: number;
  /** One sentence for a person, without secrets. */
  detail: string;
  /** `urn:countersign:request:<id>`: finds the log lines and audit events of this request. */
  instance?: string;
  /** Which input field breaks which rule (an extension member, §3.2). */
  violations?: readonly Violation[];
}

interface ProblemKind {
  title: string;
  status: number;
}

/** One row per code; the type of a problem is `urn:countersign:problem:<code>`. */
export const PROBLEMS: Record<ErrorCode | "unexpected", ProblemKind> = {
  malformed: { status: 400, title: "The request breaks a rule of its format" },
  tooLarge: { status: 413, title: "The request is larger than allowed" },
  unauthenticated: { status: 401, title: "Authentication is required" },
  forbidden: { status: 403, title: "Not allowed" },
  notFound: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "The present state is another" },
  policyViolation: { status: 422, title: "A policy forbids this" },
  expired: { status: 410, title: "Its time is over" },
  rateLimited: { status: 429, title: "Too many requests" },
  unavailable: { status: 503, title: "Not available now" },
  unexpected: { status: 500, title: "Unexpected error" },
};

/** What anybody is told of an error that is not ours; the log has the rest under the same id. */
export function neutralSentence(requestId: string): string {
  return `Something went wrong on our side. The log has the cause under the id ${requestId}.`;
}

/**
 * The problem document of an error. Everything but a DomainError becomes one neutral sentence,
 * so that internals stay inside; logging it is the caller's part.
 *
 * @param error what was thrown
 * @param requestId the id under which the request is logged
 */
export function problemFrom(error: unknown, requestId: string): Problem {
  const known = error instanceof DomainError ? error : null;
  const code = known?.code ?? "unexpected";
  return {
    type: `urn:countersign:problem:${code}`,
    ...PROBLEMS[code],
    detail: known?.message ?? neutralSentence(requestId),
    instance: `urn:countersign:request:${requestId}`,
    ...(known !== null && known.violations.length > 0 ? { violations: known.violations } : {}),
  };
}
