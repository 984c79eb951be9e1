/**
 * Why a handshake failed: the whole vocabulary. A diagnosis is one of these or a few of them, and so are the filters,
 * charts and failures made of it; nothing else is ever stored.
 */
export const CAUSES = {
  none: cause("nobody", "Nothing failed", "The handshake went through."),
  "client-certificate-missing": cause(
    "client",
    "No client certificate",
    "The client showed no certificate. It may have one and keep it back, because the proxy did not name its issuer among those that it accepts.",
  ),
  "client-certificate-expired": cause(
    "client",
    "Client certificate expired",
    "The client's certificate was past its end.",
  ),
  "client-certificate-not-yet-valid": cause(
    "client",
    "Client certificate not yet valid",
    "The client's certificate had not begun, or a clock is wrong.",
  ),
  "client-certificate-revoked": cause(
    "client",
    "Client certificate revoked",
    "The client's certificate is revoked, as a CRL or an OCSP responder said.",
  ),
  "issuer-unknown": cause(
    "client",
    "Unknown issuer",
    "The client's certificate comes from an authority that the proxy does not trust.",
  ),
  "self-signed": cause(
    "client",
    "Self-signed certificate",
    "The client's certificate is signed with its own key.",
  ),
  "intermediate-missing": cause(
    "client",
    "Intermediate missing",
    "The issuer is trusted, but the client did not send the certificate of the authority between, or sent another one.",
  ),
  "wrong-extended-key-usage": cause(
    "client",
    "Not a client certificate",
    "The certificate is not made for proving a client's identity.",
  ),
  "too-weak": cause("client", "Too weak", "The key or the signature is weaker than the proxy allows."),
  "issuer-not-an-authority": cause(
    "client",
    "Issuer is no authority",
    "The certificate is signed by one that may not sign certificates.",
  ),
  "unknown-critical-extension": cause(
    "client",
    "Unknown critical extension",
    "The certificate demands that an extension be understood which the proxy does not know.",
  ),
  "key-mismatch": cause(
    "client",
    "Key does not fit",
    "The client signs with a key that is not its certificate's.",
  ),
  "name-constraint-violated": cause(
    "authority",
    "Name not permitted",
    "The certificate has a name that its authority may not certify.",
  ),
  "authority-revoked": cause(
    "authority",
    "Authority revoked",
    "The authority that issued the certificate is revoked; the certificate itself is not.",
  ),
  "authority-expired": cause(
    "authority",
    "Authority expired",
    "The authority that issued the certificate was past its end; the certificate itself was not.",
  ),
  "trust-anchor-expired": cause(
    "authority",
    "Root expired",
    "The root that the proxy trusts was past its end.",
  ),
  "trust-anchor-rekeyed": cause(
    "proxy",
    "Root has another key",
    "The proxy trusts a root of that name, but with another key.",
  ),
  "chain-too-long": cause(
    "proxy",
    "Chain too long",
    "More authorities stand between certificate and root than the proxy follows.",
  ),
  "crl-missing": cause("proxy", "CRL missing", "The proxy has no CRL of an authority of the chain."),
  "crl-expired": cause(
    "proxy",
    "CRL expired",
    "The proxy's CRL is past its next update, and so everybody is refused.",
  ),
  "ocsp-unavailable": cause("proxy", "OCSP unavailable", "The proxy got no answer of the OCSP responder."),
  "ocsp-untrusted": cause(
    "proxy",
    "OCSP answer not trusted",
    "The OCSP answer is signed by somebody who may not sign it.",
  ),
  "revocation-not-checked": cause(
    "proxy",
    "Revocation not checked",
    "A revoked certificate was let in, because the proxy does not look.",
  ),
  "protocol-version-mismatch": cause(
    "client",
    "No TLS version in common",
    "Client and proxy have no version of TLS in common.",
  ),
  "no-shared-parameters": cause(
    "client",
    "No cipher or group in common",
    "Client and proxy have no cipher suite, group or signature algorithm in common.",
  ),
  "alpn-mismatch": cause(
    "client",
    "No application protocol in common",
    "The client offered only application protocols that the proxy does not speak.",
  ),
  "unknown-server-name": cause(
    "client",
    "Unknown server name",
    "The client named no server, or one that the proxy does not serve.",
  ),
  "misdirected-request": cause(
    "client",
    "Misdirected request",
    "The server named in the handshake and the Host of the request are not the same.",
  ),
  "server-certificate-expired": cause(
    "server",
    "Server certificate expired",
    "The client refused the server's certificate, because it was past its end.",
  ),
  "server-name-mismatch": cause(
    "server",
    "Server name not in certificate",
    "The client refused the server's certificate, because it is for another name.",
  ),
  "server-untrusted": cause(
    "server",
    "Server not trusted",
    "The client does not trust who issued the server's certificate, or did not get the intermediate.",
  ),
  "not-tls": cause(
    "client",
    "Not TLS",
    "What came was no TLS: plain HTTP, a PROXY header or another protocol.",
  ),
  "connection-dropped": cause(
    "network",
    "Connection dropped",
    "The other side left, or was cut off, before the handshake was over.",
  ),
  "handshake-timeout": cause(
    "network",
    "Handshake timed out",
    "The other side went silent in the middle of the handshake.",
  ),
  "proxy-certificate-expired": cause(
    "proxy",
    "Proxy's certificate expired",
    "The upstream refused the proxy's own certificate, because it was past its end.",
  ),
  "proxy-certificate-untrusted": cause(
    "proxy",
    "Proxy's certificate not trusted",
    "The upstream does not trust who issued the proxy's own certificate.",
  ),
  "proxy-certificate-revoked": cause(
    "proxy",
    "Proxy's certificate revoked",
    "The upstream says that the proxy's own certificate is revoked.",
  ),
  "proxy-certificate-missing": cause(
    "proxy",
    "Proxy has no certificate",
    "The upstream wants a client certificate, and the proxy showed none.",
  ),
  "upstream-certificate-expired": cause(
    "upstream",
    "Upstream certificate expired",
    "The proxy refused the upstream's certificate, because it was past its end.",
  ),
  "upstream-name-mismatch": cause(
    "upstream",
    "Upstream name not in certificate",
    "The proxy refused the upstream's certificate, because it is for another name.",
  ),
  "upstream-untrusted": cause(
    "upstream",
    "Upstream not trusted",
    "The proxy does not trust who issued the upstream's certificate.",
  ),
  "upstream-protocol-mismatch": cause(
    "proxy",
    "No TLS version in common with the upstream",
    "Proxy and upstream have no version of TLS in common.",
  ),
  "upstream-not-tls": cause("proxy", "Upstream is not TLS", "The upstream's port does not speak TLS."),
  "upstream-unreachable": cause(
    "network",
    "Upstream unreachable",
    "Nobody answered at the upstream's address.",
  ),
} as const satisfies Record<string, CauseText>;

export type Cause = keyof typeof CAUSES;

/** Who can mend it. */
export type Acting = "nobody" | "client" | "authority" | "proxy" | "server" | "network" | "upstream";

export interface CauseText {
  acts: Acting;
  /** As a heading. */
  title: string;
  /** One or two sentences. */
  meaning: string;
}

/** In the order in which lists and filters show them. */
export const CAUSE_CODES = Object.keys(CAUSES) as readonly Cause[];

export function isCause(text: string): text is Cause {
  return Object.hasOwn(CAUSES, text);
}

function cause(acts: Acting, title: string, meaning: string): CauseText {
  return { acts, title, meaning };
}
