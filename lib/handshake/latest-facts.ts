import type { Diagnosis } from "./diagnosis.ts";
import type { FailureRow } from "./failure-row.ts";
import { storable } from "./json-rows.ts";

/** What a failure has of its last event. */
export type LatestFacts = Pick<
  FailureRow,
  "certainty" | "candidates" | "direction" | "certificateId" | "diagnosis"
>;

const DIAGNOSIS_MAX = 8_000;

export function latestFacts(diagnosis: Diagnosis): LatestFacts {
  const { certainty, candidates, direction } = diagnosis;
  const { evidence, acts, action, question, missingDirective } = diagnosis;
  return {
    ...{ certainty, direction },
    candidates: JSON.stringify(candidates),
    certificateId: diagnosis.certificate,
    diagnosis: boundedJson({ evidence, acts, action, question, missingDirective }),
  };
}

/** Evidence goes first, when it is too long for all of it. */
function boundedJson(
  shown: { evidence: readonly { from: string; text: string }[] } & Record<string, unknown>,
): string {
  const texts = (max: number) =>
    shown.evidence.map(({ from, text }) => ({ from, text: storable(text, max) }));
  for (const evidence of [texts(600), texts(100), []]) {
    const json = JSON.stringify({ ...shown, evidence });
    if (json.length <= DIAGNOSIS_MAX) return json.replaceAll("\\u0000", "\\ufffd");
  }
  return "{}";
}
