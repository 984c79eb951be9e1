import type { Action } from "./action.ts";
import type { Acting, Cause } from "./causes.ts";
import type { KnownCertificate } from "./inventory-view.ts";
import type { MissingDirective } from "./missing-directive.ts";

/**
 * `certain`: lines and inventory leave no other cause. `one-of`: one of the candidates. `cannot-tell`: no log tells
 * these apart, and there may be others; the candidates are what it usually is.
 */
export type Certainty = "certain" | "one-of" | "cannot-tell";

/** Why a handshake failed, as far as can be told. */
export interface Diagnosis {
  /** The likeliest one. */
  cause: Cause;
  certainty: Certainty;
  /** At most three, the likeliest first; `cause` is the first of them. */
  candidates: readonly Cause[];
  evidence: readonly Evidence[];
  /** Id of the certificate concerned: of the one that failed, where it is known. */
  certificate: string | null;
  /** Who it probably was. */
  client: ClientHint | null;
  direction: "inbound" | "upstream";
  acts: Acting;
  action: Action;
  /** What would tell, when it is not certain. */
  question: string | null;
  /** The setting that would have made the line say it; null when the line has all that this proxy can say. */
  missingDirective: MissingDirective | null;
}

export interface Evidence {
  /** `line`: as it stands there. `inventory`: what we know. */
  from: "line" | "inventory";
  text: string;
}

export interface ClientHint {
  /** Null when it is none of ours. */
  id: string | null;
  name: string;
}

/** What a rule finds: the rest of a diagnosis follows from it. */
export interface Verdict {
  certainty: Certainty;
  /** The likeliest first. At least one; more than three are cut off. */
  causes: readonly Cause[];
  /** What the inventory says about it, in sentences. */
  known: readonly string[];
  /** The certificate that failed, when it is another than the one that was presented. */
  certificate?: KnownCertificate;
  /** The certificate that mending is about, when it is yet another: the intermediate that was not sent. */
  target?: KnownCertificate;
  question?: string;
}

export function certain(
  cause: Cause,
  known: readonly string[] = [],
  certificate?: KnownCertificate,
): Verdict {
  return {
    certainty: "certain",
    causes: [cause],
    known,
    ...(certificate === undefined ? {} : { certificate }),
  };
}

export function oneOf(causes: readonly Cause[], known: readonly string[] = [], question?: string): Verdict {
  return { certainty: "one-of", causes, known, ...(question === undefined ? {} : { question }) };
}

export function cannotTell(
  causes: readonly Cause[],
  question: string,
  known: readonly string[] = [],
): Verdict {
  return { certainty: "cannot-tell", causes, known, question };
}

/** The same, to be mended at that certificate. */
export function aboutTarget(verdict: Verdict, target: KnownCertificate | undefined): Verdict {
  return target === undefined ? verdict : { ...verdict, target };
}
