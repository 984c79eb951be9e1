import type { GeneralName } from "#lib/x509/general-name.ts";

/** The words for the types of subject alternative names. */
export const NAME_TYPES: Record<GeneralName["type"], { label: string; example: string }> = {
  dns: { label: "DNS name", example: "api.example.com" },
  ip: { label: "IP address", example: "192.0.2.1" },
  uri: { label: "URI", example: "spiffe://example.com/api" },
  email: { label: "E-mail", example: "ops@example.com" },
};
