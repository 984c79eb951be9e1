import type { Cause } from "./causes.ts";
import { clientLeft } from "./client-left.ts";
import { cannotTell, certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext } from "./diagnosis-context.ts";
import type { Reason } from "./observation.ts";
import { unsaidReason } from "./unsaid-reason.ts";

/** An inbound handshake that failed for something else than a certificate that was looked at. */
export function otherReason(reason: Reason, words: string, context: DiagnosisContext): Verdict {
  const plain = PLAIN[reason];
  if (plain !== undefined) return certain(plain);
  switch (reason) {
    case "certificate-absent":
      return { ...certain("client-certificate-missing"), question: WITHHELD };
    case "closed":
    case "reset":
    case "bad-record":
      return clientLeft(reason, context);
    case "ocsp-unavailable":
      return context.handshake.reasons.has("ocsp-untrusted")
        ? certain("ocsp-untrusted")
        : oneOf(
            ["ocsp-unavailable", "ocsp-untrusted"],
            [],
            "Does the responder answer, and who signs what it says?",
          );
    case "stale-error":
      return oneOf(
        ["intermediate-missing", "chain-too-long", "trust-anchor-rekeyed"],
        [],
        "Which certificate did the client present?",
      );
    case "name-mismatch":
      return oneOf(["unknown-server-name", "name-constraint-violated"]);
    case "secret-absent":
      return cannotTell(
        ["server-untrusted", "connection-dropped"],
        "Has Envoy got its certificate and bundle by SDS?",
      );
    case "unreachable":
      return cannotTell(["connection-dropped", "handshake-timeout"], "What came before this line?");
    default:
      return unsaidReason(words, context);
  }
}

const PLAIN: Partial<Record<Reason, Cause>> = {
  "bad-signature": "key-mismatch",
  "chain-too-long": "chain-too-long",
  "protocol-version": "protocol-version-mismatch",
  "no-shared-cipher": "no-shared-parameters",
  "no-shared-group": "no-shared-parameters",
  "no-shared-signature-algorithm": "no-shared-parameters",
  alpn: "alpn-mismatch",
  "server-name": "unknown-server-name",
  misdirected: "misdirected-request",
  "plain-http": "not-tls",
  "not-tls": "not-tls",
  "timed-out": "handshake-timeout",
  "ocsp-untrusted": "ocsp-untrusted",
};

/** Many clients send none whose issuer is not in the list of authorities that the server sent (RFC 8446 §4.2.4). */
const WITHHELD =
  "Has the client a certificate that it keeps back, because the proxy does not name its issuer among those that it accepts?";
