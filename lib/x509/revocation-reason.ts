/**
 * Why a certificate is revoked (RFC 5280 §5.3.1): the codes and names of the standard, and what each means for
 * the person who chooses one.
 */
export const REVOCATION_REASONS = {
  unspecified: {
    code: 0,
    title: "No particular reason",
    meaning: "None of the others fits; say more in the comment.",
  },
  keyCompromise: {
    code: 1,
    title: "Key compromised",
    meaning:
      "Somebody else has the private key, or may have it. Relying parties may distrust older uses, too.",
  },
  cACompromise: {
    code: 2,
    title: "Authority's key compromised",
    meaning: "Somebody else has the authority's private key: nothing that it ever signed can be believed.",
  },
  affiliationChanged: {
    code: 3,
    title: "Names changed hands",
    meaning: "The owner left or was renamed, or a name in the certificate belongs to somebody else now.",
  },
  superseded: {
    code: 4,
    title: "Replaced",
    meaning: "Another certificate is in use instead, and this one must not work any longer.",
  },
  cessationOfOperation: {
    code: 5,
    title: "No longer needed",
    meaning: "What it was issued for has been shut down.",
  },
  certificateHold: {
    code: 6,
    title: "On hold",
    meaning: "Suspected only: refused until it is released or revoked for good.",
  },
  privilegeWithdrawn: {
    code: 9,
    title: "Privilege withdrawn",
    meaning: "The owner may no longer do what the certificate admits to, though its key is safe.",
  },
  aACompromise: {
    code: 10,
    title: "Attribute authority compromised",
    meaning: "Who vouched for the attributes in the certificate can no longer be believed.",
  },
} as const satisfies Record<string, { code: number; title: string; meaning: string }>;

/** A reason by the name that RFC 5280 gives it. */
export type RevocationReason = keyof typeof REVOCATION_REASONS;

/** Reasons for which a person may revoke an end-entity certificate; a hold is an action of its own. */
export const END_ENTITY_REASONS = [
  "keyCompromise",
  "superseded",
  "cessationOfOperation",
  "affiliationChanged",
  "privilegeWithdrawn",
  "unspecified",
] as const satisfies readonly RevocationReason[];

/** The same for the certificate of an authority. */
export const AUTHORITY_REASONS = [
  "cACompromise",
  "superseded",
  "cessationOfOperation",
  "affiliationChanged",
  "unspecified",
] as const satisfies readonly RevocationReason[];

/** Whether the text names a reason. */
export function isRevocationReason(text: string): text is RevocationReason {
  return Object.hasOwn(REVOCATION_REASONS, text);
}

const BY_CODE: ReadonlyMap<number, RevocationReason> = new Map(
  Object.entries(REVOCATION_REASONS).map(([name, { code }]) => [code, name as RevocationReason]),
);

/** @returns null for a code that the standard does not define (7), or that only delta CRLs have (8) */
export function reasonOfCode(code: number): RevocationReason | null {
  return BY_CODE.get(code) ?? null;
}
