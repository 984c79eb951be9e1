import type { Cause } from "./causes.ts";
import { cannotTell, certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext } from "./diagnosis-context.ts";
import type { Reason } from "./observation.ts";
import { type ServerCertificateState, serverCertificate } from "./server-certificate.ts";
import type { WholeHandshake } from "./whole-handshake.ts";

const QUESTION = "What does the client's own log say: did it refuse the server's certificate?";

/**
 * The other side went away without a word. Some clients refuse a server's certificate that way; so do health checks,
 * scanners and broken networks. The state of the server's certificate decides what is likely.
 */
export function clientLeft(reason: Reason, context: DiagnosisContext): Verdict {
  const server = serverCertificate(context);
  if (reason === "bad-record") return badRecord(server);
  // The server's certificate is to blame first, if something is known to be wrong with it.
  const causes: Cause[] = [];
  if (server.name === "other") causes.push("server-name-mismatch");
  if (server.expiry === "over") causes.push("server-certificate-expired");
  causes.push(...usual(reason, context));
  const possible = causes.filter(
    (cause) =>
      !(cause === "server-certificate-expired" && server.expiry === "sound") &&
      !(cause === "server-name-mismatch" && server.name === "covered"),
  );
  return concerning(server, cannotTell(possible, QUESTION, server.said));
}

function concerning({ certificate }: ServerCertificateState, verdict: Verdict): Verdict {
  return certificate === null ? verdict : { ...verdict, certificate };
}

/** What it usually is, by where in the handshake it was. */
function usual(reason: Reason, { handshake }: DiagnosisContext): readonly Cause[] {
  if (reason === "reset") return ["connection-dropped", "server-untrusted"];
  // Go would say that the handshake failed: it was over, and no request came.
  if (handshake.finding === null) return ["server-name-mismatch", "server-untrusted", "connection-dropped"];
  if (hadFinished(handshake))
    return ["server-name-mismatch", "server-untrusted", "server-certificate-expired"];
  // HAProxy writes the same when its own time was up.
  return handshake.proxy === "haproxy"
    ? ["connection-dropped", "server-untrusted", "handshake-timeout"]
    : ["connection-dropped", "server-untrusted", "server-name-mismatch", "server-certificate-expired"];
}

/** nginx then waits for a request, Apache reads data: curl refuses a wrong name only when the handshake is over. */
function hadFinished({ observations }: WholeHandshake): boolean {
  return observations.some(
    ({ quote }) => quote.includes("waiting for request") || quote.includes("reading data"),
  );
}

/** Go cannot read an alert of TLS 1.3 that comes before the keys are agreed on: the client refused the server. */
function badRecord(server: ServerCertificateState): Verdict {
  const { expiry, name, said } = server;
  if (expiry === "over" && name !== "other")
    return concerning(server, certain("server-certificate-expired", said));
  if (expiry !== "over" && name === "other") return concerning(server, certain("server-name-mismatch", said));
  const causes: readonly Cause[] =
    expiry === "over"
      ? ["server-certificate-expired", "server-name-mismatch"]
      : ["server-untrusted", "server-name-mismatch", "server-certificate-expired"];
  return concerning(server, oneOf(causes, said, QUESTION));
}
