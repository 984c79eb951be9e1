import type { Cause } from "./causes.ts";
import { crlSignature, expiredCrl, missingCrl } from "./crl-fault.ts";
import { certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext, VerifyFinding } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import { expiredCertificate } from "./expired-certificate.ts";
import { missingIssuer } from "./missing-issuer.ts";
import { isItsOwnIssuer } from "./presented.ts";
import { refusedRoot, rekeyedAuthority } from "./refused-root.ts";
import { revokedCertificate } from "./revoked-certificate.ts";
import { suspectedFaults } from "./suspected-faults.ts";

/** The proxy looked at the client's certificate and refused it. */
export function clientRefused(finding: VerifyFinding, context: DiagnosisContext): Verdict {
  const { error } = finding;
  const rule = error === null ? undefined : RULES.get(error);
  if (rule !== undefined) return rule(finding, context);
  const cause = error === null ? undefined : PLAIN.get(error);
  if (cause === "wrong-extended-key-usage" && isAboveLeaf(finding, context))
    return oneOf(
      ["issuer-not-an-authority", cause],
      [],
      "For which uses are the authorities above the client's certificate?",
    );
  return cause === undefined ? suspectedFaults(finding, context) : certain(cause);
}

function isAboveLeaf({ depth }: VerifyFinding, { failing }: DiagnosisContext): boolean {
  return (depth ?? 0) > 0 || failing?.known?.isAuthority === true;
}

/** Numbers of OpenSSL (include/openssl/x509_vfy.h) that mean one thing, whatever the certificate. */
const PLAIN: ReadonlyMap<number, Cause> = new Map<number, Cause>([
  [22, "chain-too-long"],
  [24, "issuer-not-an-authority"],
  [26, "wrong-extended-key-usage"],
  [32, "issuer-not-an-authority"],
  [34, "unknown-critical-extension"],
  [39, "wrong-extended-key-usage"],
  [47, "name-constraint-violated"],
  [48, "name-constraint-violated"],
  [49, "name-constraint-violated"],
  [51, "name-constraint-violated"],
  [52, "name-constraint-violated"],
  [53, "name-constraint-violated"],
  [66, "too-weak"],
  [67, "too-weak"],
  [68, "too-weak"],
  [76, "too-weak"],
  [79, "issuer-not-an-authority"],
  [82, "issuer-not-an-authority"],
  // A CRL that cannot be used is as good as none.
  [15, "crl-missing"],
  [16, "crl-missing"],
  [33, "crl-missing"],
  [35, "crl-missing"],
  [36, "crl-missing"],
  [44, "crl-missing"],
  [54, "crl-missing"],
]);

type Rule = (finding: VerifyFinding, context: DiagnosisContext) => Verdict;

const always =
  (...causes: Cause[]): Rule =>
  () =>
    oneOf(causes);

const RULES: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [2, missingIssuer],
  [3, missingCrl],
  [7, ({ words }, context) => rekeyedAuthority(words, context)],
  [8, crlSignature],
  [9, (_, context) => notYetValid(context)],
  [10, expiredCertificate],
  [11, always("crl-expired", "crl-missing")],
  [12, (_, context) => expiredCrl(context)],
  [18, (finding, context) => selfSigned(finding, context)],
  [19, (_, context) => refusedRoot(context)],
  [20, missingIssuer],
  [21, missingIssuer],
  [23, revokedCertificate],
  [25, always("issuer-not-an-authority", "chain-too-long")],
  [27, missingIssuer],
  [28, always("issuer-unknown", "wrong-extended-key-usage")],
  [29, always("intermediate-missing", "trust-anchor-rekeyed")],
  [30, always("trust-anchor-rekeyed", "intermediate-missing")],
  [31, always("trust-anchor-rekeyed", "intermediate-missing")],
  [50, always("ocsp-unavailable", "ocsp-untrusted", "client-certificate-revoked")],
  [73, always("ocsp-unavailable", "ocsp-untrusted")],
  [74, always("ocsp-untrusted", "ocsp-unavailable")],
  [75, always("ocsp-untrusted", "client-certificate-revoked")],
]);

function notYetValid({ leaf, failing, handshake }: DiagnosisContext): Verdict {
  const presented = failing ?? leaf;
  const cause = "client-certificate-not-yet-valid";
  if (presented?.notBefore == null) return certain(cause);
  const begins = [`The certificate begins ${spoken(presented.notBefore)}.`];
  return wasOver(presented.notBefore, handshake) === "yes"
    ? oneOf([cause], begins, "Is the proxy's clock right, and has the authority above it begun?")
    : certain(cause, begins, presented.known ?? undefined);
}

/** With the last fault told, it may be a foreign root that stood there alone; else it is what it says. */
function selfSigned({ depth }: VerifyFinding, context: DiagnosisContext): Verdict {
  const { leaf } = context;
  if ((depth ?? 0) > 0) return refusedRoot(context);
  if (leaf !== null && leaf.subject !== null && leaf.issuer !== null && !isItsOwnIssuer(leaf))
    return refusedRoot(context);
  return certain("self-signed");
}
