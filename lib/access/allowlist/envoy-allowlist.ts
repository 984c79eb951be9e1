import { headLines } from "#lib/access/allowlist/allowlist-head.ts";
import type { AllowlistWriter } from "#lib/access/allowlist/allowlist-writer.ts";

/** No certificate has it. */
const NOBODY = "0".repeat(64);

/**
 * Envoy: a secret (SDS) in a YAML file that Envoy watches, the dynamic half of a `combined_validation_context` whose
 * `default_validation_context` has the trusted authorities. Client certificates must have one of the listed SHA-256
 * fingerprints (`verify_certificate_hash`, lower-case hex), so that what is not listed fails in the handshake.
 *
 * The hash of nobody stands first: with an empty list Envoy would check nothing and admit everybody. Neither SAN nor
 * SPKI matchers are written: both would admit certificates that nobody here knows, revoked ones and weak ones among
 * them, and Envoy takes a certificate when either its hash or its key is listed.
 */
export const envoyWriter: AllowlistWriter = {
  hasLimits: false,
  type: "application/yaml; charset=utf-8",
  // The secret's name is that by which the configuration asks for it.
  head: (head) => `${headLines(head)}version_info: "${head.version}"\n`,
  open: `resources:
- "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
  name: countersign_allowlist
  validation_context:
    verify_certificate_hash:
    - "${NOBODY}"
`,
  close: "",
  entry: ({ candidate }) => `    - "${candidate.certificate.sha256}"\n`,
};
