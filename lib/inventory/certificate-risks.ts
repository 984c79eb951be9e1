/**
 * What is doubtful about a certificate, apart from its status: each risk is a bit of
 * CertificateCohort.risks, so that lists filter by it without opening certificates.
 */
export const RISKS = {
  "weak-key": {
    bit: 1,
    name: "Weak key or signature",
    meaning: "RSA below 2048 bits, a curve below 256 bits, or a signature made with MD5 or SHA-1.",
  },
  "long-life": {
    bit: 2,
    name: "Long life",
    meaning: "An end-entity certificate that is valid for more than 825 days.",
  },
  findings: {
    bit: 4,
    name: "Lint findings",
    meaning: "Breaks a rule of RFC 5280; some relying parties will refuse it.",
  },
  "reused-key": {
    bit: 8,
    name: "Reused key",
    meaning: "Another certificate, not a renewal of this one, has the same key.",
  },
} as const satisfies Record<string, { bit: number; name: string; meaning: string }>;

export type Risk = keyof typeof RISKS;

export const RISK_CODES = Object.keys(RISKS) as Risk[];

/** Whether the text names a risk. */
export function isRisk(text: string): text is Risk {
  return Object.hasOwn(RISKS, text);
}

/** The longest life of an end-entity certificate that is not remarked on, in days. */
export const LONG_LIFE_DAYS = 825;

/**
 * The risks that a certificate shows by itself.
 *
 * @param isWeak its key or signature is, see the table
 * @param hasFindings the lint found an error
 */
export function ownRisks(certificate: {
  kind: "end-entity" | "authority";
  notBefore: Date;
  notAfter: Date;
  isWeak?: boolean;
  hasFindings?: boolean;
}): Risk[] {
  const days = (certificate.notAfter.getTime() - certificate.notBefore.getTime()) / 86_400_000;
  return RISK_CODES.filter(
    (risk) =>
      (risk === "weak-key" && certificate.isWeak === true) ||
      (risk === "findings" && certificate.hasFindings === true) ||
      (risk === "long-life" && certificate.kind === "end-entity" && days > LONG_LIFE_DAYS),
  );
}

/** Risks as the bits that are stored. */
export function riskBits(risks: Iterable<Risk>): number {
  let bits = 0;
  for (const risk of risks) bits |= RISKS[risk].bit;
  return bits;
}

/** Stored bits as risks, in the order of the table. */
export function risksOf(bits: number): Risk[] {
  return RISK_CODES.filter((risk) => (bits & RISKS[risk].bit) !== 0);
}
