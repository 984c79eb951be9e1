import type { LoggingProxy } from "./observation.ts";
import { atLeast } from "./software-version.ts";
import {
  apacheErrors,
  caddyDebug,
  haproxyErrors,
  haproxyTraffic,
  nginxAccess,
  nginxErrors,
} from "./telling-logs.ts";
import type { WholeHandshake } from "./whole-handshake.ts";

/** A setting with which the line would have said more. */
export interface MissingDirective {
  proxy: LoggingProxy;
  /** As it stands in the configuration; several lines where it takes several. */
  directive: string;
  /** What it adds, and from which version on it can be had. */
  explanation: string;
}

/** What the lines of a handshake leave out. */
type Gap = "reason" | "identity" | "upstream";

/**
 * The setting that would have told more of a handshake whose cause is not certain; null when its lines have all that the
 * proxy can be made to say.
 *
 * @param version of the proxy, as `1.22.1`; null when it is not known
 */
export function missingDirective(handshake: WholeHandshake, version: string | null): MissingDirective | null {
  const gap = gapOf(handshake);
  if (gap === null) return null;
  const found = BY_PROXY[handshake.proxy](gap, version, handshake);
  return found === null ? null : { proxy: handshake.proxy, ...found };
}

function gapOf({
  finding,
  direction,
  leaf,
  failing,
  proxy,
  tls,
  serverName,
  observations,
}: WholeHandshake): Gap | null {
  const isUpstream = direction === "upstream";
  const unsaid = isUpstream ? "upstream" : "reason";
  if (finding === null) return unsaid;
  switch (finding.kind) {
    case "alert-received":
      return finding.alert === null ? unsaid : null;
    case "verify":
      if (finding.error === null) return unsaid;
      // Of what the proxy went to there is no more than its address in any log.
      if (isUpstream || leaf?.issuer != null || failing?.issuer != null) return null;
      return "identity";
    default:
      if (finding.reason === "not-said" || finding.reason === "stale-error") return unsaid;
      if (isUpstream) return LATE.has(finding.reason) ? "upstream" : null;
      // HAProxy writes the same for whoever left; with its own format for errors it says what it knows.
      return proxy === "haproxy" && LATE.has(finding.reason) && tls === null && serverName === null
        ? "reason"
        : observations.every(({ log }) => log === "access") && LATE.has(finding.reason)
          ? "reason"
          : null;
  }
}

const LATE: ReadonlySet<string> = new Set(["closed", "reset", "timed-out", "bad-record", "ocsp-unavailable"]);

type Found = Omit<MissingDirective, "proxy">;
type Finder = (gap: Gap, version: string | null, handshake: WholeHandshake) => Found | null;

const nginx: Finder = (gap, version) =>
  gap === "identity"
    ? {
        directive: nginxAccess(version, "http"),
        explanation:
          "The access log then has issuer, serial number and end of the client's certificate; it is joined to the error log by the number of the connection.",
      }
    : {
        directive: nginxErrors,
        explanation:
          gap === "upstream"
            ? "The error log then says why the upstream was refused, or who refused; level error is enough for it."
            : "nginx says why it refuses a client's certificate at level info only; at its default level there is but a status 400.",
      };

const haproxy: Finder = (gap, version) => {
  if (gap === "upstream") {
    return {
      directive: haproxyTraffic,
      explanation: `The line of the request then has the TLS error of the upstream; by itself there are two letters (SC, SH).${since(version, "2.6", "HAProxy")}`,
    };
  }
  return {
    directive: haproxyErrors,
    explanation: `A failed handshake then has the error, the depth and the certificate; by itself one of three sentences.${since(version, "2.5", "HAProxy")}`,
  };
};

const apache: Finder = (_, version) => ({
  directive: atLeast(version, "2.4") ? apacheErrors : "LogLevel info",
  explanation:
    "At level info mod_ssl writes subject, issuer, serial number and dates of the certificate that failed, and alerts that came in.",
});

const caddy: Finder = (gap) =>
  gap === "identity"
    ? null
    : {
        directive: caddyDebug,
        explanation: "Caddy writes failed handshakes at level DEBUG only.",
      };

const traefik: Finder = (gap) =>
  gap === "identity"
    ? null
    : {
        directive: "log:\n  level: DEBUG",
        explanation: "Traefik writes failed handshakes at level DEBUG only (--log.level=DEBUG).",
      };

const envoy: Finder = (gap) => ({
  directive:
    gap === "upstream"
      ? "%UPSTREAM_TRANSPORT_FAILURE_REASON%"
      : "%DOWNSTREAM_TRANSPORT_FAILURE_REASON% %DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_ISSUER% %DOWNSTREAM_PEER_SERIAL% %DOWNSTREAM_PEER_FINGERPRINT_256%",
  explanation:
    gap === "upstream"
      ? "In the format of the access log: why the handshake with the upstream failed."
      : "In an access log of the listener, not of the routes: a handshake that failed has no request. Older versions say only CERTIFICATE_VERIFY_FAILED there; --component-log-level connection:debug says more.",
});

const stunnel: Finder = () => ({
  directive: "debug = info",
  explanation:
    "stunnel says reason, depth and certificate at level notice; info adds how a connection ended.",
});

const BY_PROXY: Record<LoggingProxy, Finder> = {
  nginx,
  "nginx-stream": (gap, version, handshake) =>
    gap === "identity"
      ? {
          directive: nginxAccess(version, "stream"),
          explanation:
            "The access log of the stream then has issuer, serial number and end of the client's certificate.",
        }
      : nginx(gap, version, handshake),
  haproxy,
  apache,
  caddy,
  traefik,
  envoy,
  stunnel,
};

function since(version: string | null, needed: string, name: string): string {
  if (atLeast(version, needed)) return "";
  return ` This one is ${version}: it takes ${name} ${needed} or later.`;
}
