import type { Cause } from "./causes.ts";
import { cannotTell, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext } from "./diagnosis-context.ts";
import { suspectedFaults } from "./suspected-faults.ts";

/**
 * A refusal of which the line says nothing but that it was one. What nginx answered can be told from the size of its
 * page, and HAProxy has other words where it refuses a certificate.
 */
export function unsaidReason(words: string, context: DiagnosisContext): Verdict {
  const answered = PAGES.get(words);
  if (answered !== undefined) return oneOf([answered], [], "What does the error log say at level info?");
  if (words === HAPROXY_FAILURE) return cannotTell(NO_CERTIFICATE, WHY);
  if (words.includes("PROXY protocol header")) return oneOf(["not-tls"], [], WHO_BEFORE);
  if (isBroken(context)) return cannotTell(BROKEN, WHY);
  // A stream of nginx whose certificate had been found good.
  if (
    context.handshake.proxy === "nginx-stream" &&
    context.leaf !== null &&
    context.handshake.status !== null
  )
    return cannotTell(["key-mismatch", "connection-dropped"], WHY);
  return context.leaf === null
    ? cannotTell(USUAL, WHY)
    : suspectedFaults({ kind: "verify", error: null, depth: null, which: "first", words }, context);
}

const WHY = "Why was it refused?";
const WHO_BEFORE = "Does what stands before the proxy send the PROXY protocol, and to this port?";

/**
 * nginx refuses certificates when the handshake is over: one that failed with an error of OpenSSL that has another
 * name failed for something else.
 */
function isBroken({ handshake: { observations, proxy } }: DiagnosisContext): boolean {
  return (
    (proxy === "nginx" || proxy === "nginx-stream") &&
    observations.some(({ quote }) => quote.includes("SSL_do_handshake() failed"))
  );
}

const BROKEN: readonly Cause[] = ["no-shared-parameters", "not-tls", "connection-dropped"];

/** nginx's pages for status 400, by what they say; no TLS at all is a 400 as well. */
const PAGES: ReadonlyMap<string, Cause> = new Map<string, Cause>([
  ["No required SSL certificate was sent", "client-certificate-missing"],
  ["The plain HTTP request was sent to HTTPS port", "not-tls"],
  ["the connection has no TLS", "not-tls"],
]);

const HAPROXY_FAILURE = "SSL handshake failure";

/** What it usually is, where no certificate was refused. */
const NO_CERTIFICATE: readonly Cause[] = [
  "server-untrusted",
  "connection-dropped",
  "client-certificate-missing",
];

/** What it usually is when nothing is said at all. */
const USUAL: readonly Cause[] = ["client-certificate-expired", "issuer-unknown", "intermediate-missing"];
