/**
 * The one error that domain code throws. Wire formats (RFC 9457 problem, OCSP status, form
 * state) are made from it at the edge only; see lib/web and lib/protocol.
 */

/** Every kind of refusal the domain knows. A closed set: a new one needs a row in each edge's table. */
export type ErrorCode =
  | "malformed" // the bytes or the value break a format or a rule of their standard
  | "tooLarge" // over a stated bound on size, count or work
  | "unauthenticated" // nobody, or a proof that does not hold
  | "forbidden" // somebody, but not allowed
  | "notFound"
  | "conflict" // changed by somebody else meanwhile, or already there
  | "policyViolation" // well-formed, but a profile, an authority or a setting forbids it
  | "expired" // an authority, a token or a link whose time is over
  | "rateLimited"
  | "unavailable"; // not now: set-up missing, database away, shutting down

/** One thing that is wrong: which input field, which rule, and a sentence a person can act on. */
export interface Violation {
  /** The input field, in the caller's words: `csr`, `names`, `lifetime`, `password`. */
  field: string;
  /** A stable id of the rule, e.g. `profile.names` or `rfc5280.san.dns`. */
  rule: string;
  /** One sentence without secrets, ready to be shown. */
  detail: string;
}

/** A refusal or failure that the caller may be told about. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly violations: readonly Violation[];

  /**
   * @param code the kind of refusal
   * @param detail one sentence for a person; never contains a secret
   * @param options `violations`: what is wrong field by field; `cause`: for the log only
   */
  constructor(
    code: ErrorCode,
    detail: string,
    options: { violations?: readonly Violation[]; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.violations = options.violations ?? [];
  }
}

/** A `malformed` error about one field. */
export function malformed(field: string, rule: string, detail: string, cause?: unknown): DomainError {
  return new DomainError("malformed", detail, { violations: [{ field, rule, detail }], cause });
}

/** A `policyViolation` error about one field. */
export function policyViolation(field: string, rule: string, detail: string): DomainError {
  return new DomainError("policyViolation", detail, { violations: [{ field, rule, detail }] });
}
