import type { ServiceInput } from "#lib/access/service-input.ts";

/** A service while it is being written. */
export interface ServiceDraft {
  slug: string;
  name: string;
  notes: string;
  /** One to a line, as they are typed. */
  hostNames: string;
  minimumStrength: string;
  /** Ids. */
  authorities: readonly string[];
  unknownClients: "refuse" | "learn";
  failsOpen: boolean;
}

export const NEW_SERVICE: ServiceDraft = {
  slug: "",
  name: "",
  notes: "",
  hostNames: "",
  minimumStrength: "112",
  authorities: [],
  unknownClients: "refuse",
  failsOpen: false,
};

/** What strengths mean to somebody who chooses one. */
export const STRENGTH_WORDS: Record<string, string> = {
  "0": "any key",
  "112": "112 bits: RSA 2048, P-256 and stronger",
  "128": "128 bits: P-256, RSA 3072, Ed25519 and stronger",
  "192": "192 bits: P-384, RSA 7680, ML-DSA-65 and stronger",
};

/** The draft as the domain takes it; what is wrong with it is said there. */
export function serviceInput({
  hostNames,
  minimumStrength,
  authorities,
  ...draft
}: ServiceDraft): ServiceInput {
  return {
    ...draft,
    hostNames: hostNames.split(/[\s,]+/).filter((name) => name !== ""),
    // The schema refuses other numbers than those that are offered.
    minimumStrength: Number(minimumStrength) as NonNullable<ServiceInput["minimumStrength"]>,
    authorities: [...authorities],
  };
}
