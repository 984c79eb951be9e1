import type { Cause } from "./causes.ts";
import { cannotTell, certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext, VerifyFinding } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import type { KnownCertificate } from "./inventory-view.ts";
import type { LoggingProxy, Reason } from "./observation.ts";
import type { WholeHandshake } from "./whole-handshake.ts";

const ASK_UPSTREAM = "What does the upstream's own log say?";

/** The proxy is the client, and the upstream sent an alert: it refused the proxy's certificate, or there was none. */
export function upstreamAlert(alert: number | null, context: DiagnosisContext): Verdict {
  const { handshake, facts } = context;
  switch (alert) {
    case 45:
      return certain("proxy-certificate-expired", ...endsOf(facts.ownCertificates, context));
    case 44:
      return certain("proxy-certificate-revoked");
    case 48:
    case 43:
      return certain("proxy-certificate-untrusted");
    case 51:
      return oneOf(["proxy-certificate-untrusted", "upstream-untrusted"], [], ASK_UPSTREAM);
    case 116:
    case 41:
      return SENDING.has(handshake.proxy)
        ? certain("proxy-certificate-missing")
        : oneOf(withheld(handshake), [], WITHHELD);
    case 40:
      return oneOf(
        [...withheld(handshake), "upstream-protocol-mismatch"],
        [],
        SENDING.has(handshake.proxy) ? ASK_UPSTREAM : WITHHELD,
      );
    case 70:
    case 71:
    case 86:
    case 120:
      return certain("upstream-protocol-mismatch");
    case 112:
      return oneOf(["upstream-name-mismatch", "upstream-protocol-mismatch"], [], ASK_UPSTREAM);
    default:
      return oneOf(
        overOrUsual(
          ["proxy-certificate-untrusted", "proxy-certificate-expired", "proxy-certificate-missing"],
          "proxy-certificate-expired",
          facts.ownCertificates,
          context,
        ),
        [],
        ASK_UPSTREAM,
      );
  }
}

/** Clients of OpenSSL and BoringSSL send what they have, whoever issued it. */
const SENDING: ReadonlySet<LoggingProxy> = new Set(["nginx", "nginx-stream", "haproxy", "stunnel", "envoy"]);

const WITHHELD =
  "Has the proxy a certificate for this upstream? It keeps back one whose issuer the upstream does not name.";

/** Apache says in a line of its own when it has none to send: without that line it had one. */
function withheld({ proxy }: WholeHandshake): readonly Cause[] {
  return proxy === "apache"
    ? ["proxy-certificate-untrusted", "proxy-certificate-missing"]
    : ["proxy-certificate-missing", "proxy-certificate-untrusted"];
}

/** The proxy refused the upstream's certificate. */
export function upstreamRefused(finding: VerifyFinding, context: DiagnosisContext): Verdict {
  const { facts } = context;
  const { error } = finding;
  switch (error) {
    case 3:
      // nginx looks for CRLs of strangers, too, and tells the last fault.
      return oneOf(
        ["upstream-untrusted", "crl-missing"],
        [],
        "Has the proxy a CRL of the upstream's issuer?",
      );
    case 10:
      return expiredUpstream(finding, context);
    case 11:
    case 12:
      return certain("crl-expired");
    case 22:
      return certain("chain-too-long");
    case 9:
      return oneOf(["upstream-certificate-expired", "upstream-untrusted"], [], "Is the proxy's clock right?");
    case 62:
    case 63:
    case 64:
      return certain("upstream-name-mismatch");
    case null:
      return oneOf(
        overOrUsual(
          ["upstream-untrusted", "upstream-certificate-expired", "upstream-name-mismatch"],
          "upstream-certificate-expired",
          facts.upstreamCertificates,
          context,
        ),
        [],
        "When does the upstream's certificate end, and who issued it?",
      );
    default:
      return UNTRUSTED.has(error) ? certain("upstream-untrusted") : oneOf(["upstream-untrusted"], [], WHY);
  }
}

const WHY = "What is wrong with the upstream's certificate, or with what stands above it?";

/** Numbers of OpenSSL that mean that there is no path to an authority that the proxy trusts. */
const UNTRUSTED: ReadonlySet<number> = new Set([2, 7, 18, 19, 20, 21, 27]);

/** An authority above it that has expired reads the same, unless a depth or a date tells. */
function expiredUpstream({ depth, failedAt }: VerifyFinding, context: DiagnosisContext): Verdict {
  const ending = failedAt === undefined ? [] : context.inventory.byEnd(failedAt);
  const isAbove = (depth ?? 0) > 0 || (ending.length > 0 && ending.every(({ isAuthority }) => isAuthority));
  if (isAbove) {
    const said = ending.map(({ name, notAfter }) => `${name} ends ${spoken(notAfter)}.`);
    return oneOf(["upstream-certificate-expired", "upstream-untrusted"], said, WHY);
  }
  return certain("upstream-certificate-expired", ...endsOf(context.facts.upstreamCertificates, context));
}

/** Something else failed on the way to the upstream. */
export function upstreamReason(reason: Reason, context: DiagnosisContext): Verdict {
  const plain = PLAIN[reason];
  if (plain !== undefined) return certain(plain);
  switch (reason) {
    case "closed":
    case "reset":
    case "bad-record":
      // In TLS 1.3 the refusal comes after the handshake, and some read it as an end.
      return cannotTell(REFUSED_LATE, ASK_UPSTREAM);
    case "timed-out":
      return cannotTell(["upstream-unreachable", "upstream-not-tls"], "Does the upstream's port answer?");
    case "secret-absent":
      return oneOf(["proxy-certificate-missing"], [], "Has Envoy got its certificate by SDS?");
    default:
      return cannotTell(ofStatus(context.handshake), ASK_UPSTREAM);
  }
}

const PLAIN: Partial<Record<Reason, Cause>> = {
  "certificate-absent": "proxy-certificate-missing",
  "protocol-version": "upstream-protocol-mismatch",
  "no-shared-cipher": "upstream-protocol-mismatch",
  "no-shared-group": "upstream-protocol-mismatch",
  "no-shared-signature-algorithm": "upstream-protocol-mismatch",
  alpn: "upstream-protocol-mismatch",
  "name-mismatch": "upstream-name-mismatch",
  "server-name": "upstream-name-mismatch",
  "plain-http": "upstream-not-tls",
  "not-tls": "upstream-not-tls",
  "bad-signature": "upstream-untrusted",
  "chain-too-long": "upstream-untrusted",
  "ocsp-untrusted": "upstream-untrusted",
  "ocsp-unavailable": "upstream-untrusted",
  unreachable: "upstream-unreachable",
};

const REFUSED_LATE: readonly Cause[] = [
  "proxy-certificate-missing",
  "proxy-certificate-untrusted",
  "proxy-certificate-expired",
];

/** Lines without a reason tell by a status, or by where it was, whether the handshake was over. */
function ofStatus({ proxy, status, quote }: WholeHandshake): readonly Cause[] {
  if (status === 503 || status === 504)
    return ["upstream-unreachable", "upstream-untrusted", "proxy-certificate-untrusted"];
  // In TLS 1.3 the upstream refuses after it; nginx answers 502 in any case.
  if ((status === 502 && proxy !== "nginx") || quote.includes("reading status line")) return REFUSED_LATE;
  return proxy === "apache"
    ? ["upstream-certificate-expired", "upstream-untrusted", "upstream-name-mismatch"]
    : ["proxy-certificate-untrusted", "upstream-untrusted", "upstream-certificate-expired"];
}

/** The first of them that was past its end, as evidence and as the certificate concerned. */
function endsOf(
  certificates: readonly KnownCertificate[],
  { handshake }: DiagnosisContext,
): [known: string[], certificate: KnownCertificate | undefined] {
  const over = certificates.find(({ notAfter }) => wasOver(notAfter, handshake) !== "no");
  return over === undefined ? [[], undefined] : [[`${over.name} ends ${spoken(over.notAfter)}.`], over];
}

/** The usual order, unless one that we know was past its end. */
function overOrUsual(
  usual: readonly Cause[],
  expired: Cause,
  certificates: readonly KnownCertificate[],
  { handshake }: DiagnosisContext,
): readonly Cause[] {
  const isOver = certificates.some(({ notAfter }) => wasOver(notAfter, handshake) === "yes");
  return isOver ? [expired, ...usual.filter((cause) => cause !== expired)] : usual;
}
