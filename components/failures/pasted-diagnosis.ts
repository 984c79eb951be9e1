import type { RemedyFacts } from "#components/failures/remedy-offer.ts";
import type { Diagnosis } from "#lib/handshake/diagnosis.ts";
import type { LoggingProxy } from "#lib/handshake/observation.ts";
import type { LineCounts } from "#lib/handshake/parse-lines.ts";

/** What a card tells of a handshake that failed. */
export type DiagnosisFacts = Pick<
  Diagnosis,
  | "cause"
  | "certainty"
  | "candidates"
  | "evidence"
  | "acts"
  | "client"
  | "direction"
  | "question"
  | "missingDirective"
>;

/** The certificate concerned, as far as lines or inventory say it. */
export interface ConcernedCertificate {
  /** Null when the inventory does not have it. */
  id: string | null;
  name: string | null;
  issuer: string | null;
  serial: string | null;
  /** Milliseconds since 1970. */
  notBefore: number | null;
  notAfter: number | null;
}

/** Handshakes that failed in the same way, told by the last of them. */
export interface PastedDiagnosis {
  proxy: LoggingProxy;
  /** How many there are. */
  count: number;
  /** Of the first and the last, milliseconds since 1970; null when no line says it. */
  firstAt: number | null;
  lastAt: number | null;
  lines: readonly string[];
  diagnosis: DiagnosisFacts;
  certificate: ConcernedCertificate | null;
  remedy: RemedyFacts;
}

/** What came of lines that were pasted. JSON. */
export interface PasteAnswer {
  diagnoses: PastedDiagnosis[];
  /** How many more ways of failing there are, which are not told. */
  left: number;
  /** Handshakes that failed, and that went well. */
  failed: number;
  succeeded: number;
  /** Of which the lines do not say how they ended. */
  untold: number;
  counts: LineCounts;
  /** Lines that were cut off, being too long. */
  cut: number;
  notUnderstood: readonly string[];
  misfit: LoggingProxy | null;
}
