import type { SqlSteps } from "#lib/sql-steps.ts";

/** Longer subjects are cut where they are compared; who really signed is decided by the signature. */
const SUBJECT_MAX = 300;

/** A name as issuers are looked up by it. @param name a subject or issuer as `formatName` writes it */
export function candidateSubject(name: string): string {
  return name.slice(0, SUBJECT_MAX);
}

/** Makes a certificate findable as the issuer of others. */
export async function recordIssuerCandidate(
  steps: SqlSteps,
  certificateId: string,
  subject: string,
): Promise<void> {
  await steps.run('INSERT INTO "IssuerCandidate" ("certificateId", "subject") VALUES (?, ?)', [
    certificateId,
    candidateSubject(subject),
  ]);
}
