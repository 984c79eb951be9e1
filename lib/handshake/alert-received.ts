import type { Cause } from "./causes.ts";
import { cannotTell, certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext } from "./diagnosis-context.ts";
import { endedServer, serverCertificate } from "./server-certificate.ts";

/**
 * A client sent an alert: it refused *us*. "Certificate expired" in an inbound log is about the server's certificate
 * (RFC 8446 §6.2).
 */
export function clientAlert(alert: number | null, context: DiagnosisContext): Verdict {
  switch (alert) {
    case 42:
      return badCertificate(context);
    case 45:
      return expired(context);
    case 48:
      return certain("server-untrusted");
    case 43:
    case 44:
    case 51:
      // Not for servers, revoked, or with a signature that is not its issuer's.
      return oneOf(["server-untrusted"], [], "What does the client's own log say?");
    case 46:
      return oneOf(
        ["server-untrusted", "server-name-mismatch", "server-certificate-expired"],
        [],
        "What does the client's own log say?",
      );
    case 40:
    case 47:
    case 71:
    case 109:
    case 110:
      return oneOf(["no-shared-parameters", "server-untrusted", "protocol-version-mismatch"]);
    case 70:
    case 86:
      return certain("protocol-version-mismatch");
    case 112:
      return certain("unknown-server-name");
    case 113:
    case 114:
      return certain("server-untrusted");
    case 120:
      return certain("alpn-mismatch");
    case 50:
      // mod_ssl answers who offers nothing that it speaks with an empty protocol, which clients cannot read.
      return oneOf(
        context.handshake.proxy === "apache"
          ? ["alpn-mismatch", "no-shared-parameters", "server-untrusted"]
          : ["server-untrusted", "no-shared-parameters", "alpn-mismatch"],
        [],
        "What does the client's own log say?",
      );
    case 0:
    case 90:
      return cannotTell(
        ["connection-dropped", "server-untrusted"],
        "Why did the client close the connection?",
      );
    default:
      return cannotTell(
        ["server-untrusted", "no-shared-parameters", "connection-dropped"],
        "What does the client's own log say?",
      );
  }
}

/** OpenSSL says it of a wrong name, GnuTLS and old versions of Go of anything. */
function badCertificate(context: DiagnosisContext): Verdict {
  const { name, said } = serverCertificate(context);
  if (name === "other" && context.handshake.served !== null) return certain("server-name-mismatch", said);
  return oneOf(
    name === "covered"
      ? ["server-untrusted", "server-name-mismatch"]
      : ["server-name-mismatch", "server-untrusted"],
    said,
    "For which name did the client ask, and does it trust the server's issuer?",
  );
}

function expired(context: DiagnosisContext): Verdict {
  const { expiry, said, certificate } = serverCertificate(context);
  const cause: Cause = "server-certificate-expired";
  const verdict =
    expiry === "sound"
      ? oneOf(
          [cause, "server-untrusted"],
          said,
          "Is the client's clock right, and has an authority above expired?",
        )
      : certain(cause, said);
  const concerned = certificate ?? endedServer(context);
  return concerned === null ? verdict : { ...verdict, certificate: concerned };
}
