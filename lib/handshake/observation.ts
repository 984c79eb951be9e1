/** The proxies whose logs are read. nginx writes other lines for plain TCP ("stream") than for HTTP. */
export type LoggingProxy =
  | "nginx"
  | "nginx-stream"
  | "haproxy"
  | "apache"
  | "caddy"
  | "traefik"
  | "envoy"
  | "stunnel";

/** What one line of a log says of a handshake: facts as they stand there, and no conclusions. */
export interface Observation {
  proxy: LoggingProxy;
  /** Access logs have a line for a request, error logs one for something that happened. */
  log: "access" | "error";
  /** Milliseconds since 1970; null when the line has no time. */
  at: number | null;
  /** Whether the line says its time zone; otherwise `at` was read as UTC. */
  zone: "said" | "assumed";
  /**
   * What lines of one connection have in common: `connection 12`, `peer 192.0.2.7:41200`, `thread 1788:9`. Apache also
   * says which `worker` of its own wrote a line, which serves one connection after another, and which `upstream` the
   * request of a client went to, which is the `peer` of another connection of that worker.
   */
  keys: readonly string[];
  /** Who is on the other side, as far as the line says. */
  peer: { address: string; port: number | null } | null;
  /** `inbound`: a client to the proxy. `upstream`: the proxy is the client. */
  direction: "inbound" | "upstream";
  /**
   * The line could be of either; `inbound` until another line of the same handshake says `upstream` (Apache writes the
   * same words for both). Settled by joining.
   */
  directionAssumed?: true;
  outcome: "refused" | "accepted" | "unknown";
  /** The handshake was before: a session was resumed, or a connection kept, and no certificate was looked at again. */
  resumed?: true;
  /** Null when the line does not say why. */
  finding: Finding | null;
  certificate: SeenCertificate | null;
  /**
   * What the proxy itself showed to the client, where the line says it (Caddy's "matched certificate in cache"): names
   * as in `SeenCertificate`, end in milliseconds since 1970.
   */
  served?: { names: readonly string[]; notAfter: number | null };
  /** The name that the client asked for (SNI), else the one that the proxy serves. */
  serverName: string | null;
  /** Where the proxy listens or what it calls that, as it stands there: `:8443`, `mtls_main`. */
  listener: string | null;
  /** Where the proxy wanted to go. */
  upstream: string | null;
  tls: "1.0" | "1.1" | "1.2" | "1.3" | null;
  /** Status of an HTTP answer. */
  status: number | null;
  /** The part of the line that says `finding`, at most 300 characters, as it stands there. */
  quote: string;
}

/** Why a handshake failed, in the terms of who says it. */
export type Finding =
  | {
      /** The proxy did not accept the other side's certificate. */
      kind: "verify";
      /** Number of OpenSSL (X509_V_ERR_…), also for the words of Go, GnuTLS and BoringSSL; null when it is not said. */
      error: number | null;
      /** 0 is the leaf; null when it is not said. */
      depth: number | null;
      /** nginx with a CRL names the last fault that it met, others the first one. */
      which: "first" | "last";
      /** What the line says beyond the number: "parent certificate cannot sign this kind of certificate". */
      words: string;
      /** notBefore or notAfter that failed, in milliseconds since 1970, where the line names it. */
      failedAt?: number;
    }
  | {
      /** The other side refused us, with a TLS alert (RFC 8446 §6). Null when the line does not say which. */
      kind: "alert-received";
      alert: number | null;
    }
  | {
      /** Something else, in one word. */
      kind: "reason";
      reason: Reason;
      /** What belongs to it: the versions that were offered, the first bytes that came. */
      words: string;
      /** Of the certificate that OCSP was about, where that is said. */
      depth?: number;
    };

/** Reasons other than a certificate that was looked at. */
export type Reason =
  /** None was presented. */
  | "certificate-absent"
  /** The signature made with the certificate's key is wrong. */
  | "bad-signature"
  | "chain-too-long"
  | "protocol-version"
  | "no-shared-cipher"
  | "no-shared-group"
  | "no-shared-signature-algorithm"
  | "alpn"
  /** The name asked for (SNI) is absent, or not served. */
  | "server-name"
  /** The name asked for and the Host of the request disagree (421). */
  | "misdirected"
  | "plain-http"
  | "not-tls"
  | "closed"
  | "reset"
  | "timed-out"
  | "ocsp-unavailable"
  | "ocsp-untrusted"
  /** The other side's certificate is for another name. */
  | "name-mismatch"
  | "unreachable"
  /** Go in TLS 1.3 when the client refuses the server's certificate before keys are agreed: bad record MAC. */
  | "bad-record"
  /** Envoy has not been sent its own certificate, key or trust bundle yet (SDS): it refuses everybody. */
  | "secret-absent"
  /**
   * nginx's "ignoring stale global SSL error": it has a CRL of the certificate's issuer and could not check its
   * signature. Says nothing alone, but that the issuer is no stranger.
   */
  | "stale-error"
  /** A refusal of which the line says nothing more: nginx's 400 at its default level. */
  | "not-said";

/** A certificate as a line describes it. Every part may be missing. */
export interface SeenCertificate {
  /** Whose it is: of who presented it, or the one in the chain that failed. */
  role: "leaf" | "failing";
  /** As written; compare by `comparableName`. */
  subject: string | null;
  /** Where the line has no more of the subject than that: Caddy. */
  commonName?: string;
  issuer: string | null;
  /** Lower-case hex without leading zeros, whatever the line has. */
  serial: string | null;
  /** Lower-case hex. */
  sha1: string | null;
  sha256: string | null;
  /** Milliseconds since 1970. */
  notBefore: number | null;
  notAfter: number | null;
  /** Names in it, as `dns:…` or `uri:…`, where the proxy writes them (XFCC, Envoy). */
  names: readonly string[];
}

/** What became of a line. */
export type ParsedLine =
  /** One that says something of a handshake or a request. */
  | { kind: "observation"; observation: Observation }
  /** One of this proxy's, about something else. */
  | { kind: "other" }
  /** Not one of this proxy's, or cut off. */
  | { kind: "not-understood" };

/**
 * Reads lines of one proxy. Pure: the same line and the same context give the same. Takes time in proportion to the
 * length of the line, and never throws.
 */
export type LineParser = (line: string, context: LineContext) => ParsedLine;

/** What a line does not say itself. */
export interface LineContext {
  /** When it came, in milliseconds since 1970: for years and zones that a line leaves out. */
  receivedAt: number;
}

/** Longer lines are cut before they are parsed. */
export const LINE_MAX = 16_384;
