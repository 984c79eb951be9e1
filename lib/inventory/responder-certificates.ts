/**
 * The certificates by which OCSP responders sign: the only end-entity ones that we issue without a profile. They
 * are in every list like others, but nobody asked for them and nobody looks after them, so they are not counted
 * where it is told how many certificates an authority has given to somebody.
 */

/** The rows that are none, of certificates and of cohorts. */
export const NOT_OF_RESPONDERS = { NOT: { kind: "end-entity", profileId: null, source: "system" } } as const;

/** Whether an end-entity certificate is one. */
export function isOfResponder({ profileId, source }: { profileId: string | null; source: string }): boolean {
  return profileId === null && source === "system";
}
