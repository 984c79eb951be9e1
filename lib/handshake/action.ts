import type { Cause } from "./causes.ts";
import type { LoggingProxy } from "./observation.ts";

/** What the console can do about a failure, with the words on its button. */
export const ACTIONS = {
  issue: "Issue a certificate",
  renew: "Renew the certificate",
  rotate: "Rotate the credential",
  admit: "Admit the certificate",
  grant: "Grant access",
  "publish-crl": "Publish a CRL",
  "download-intermediate": "Download the intermediate",
  "download-bundle": "Download the trust bundle",
  "copy-directive": "Copy the directive",
} as const;

export type ActionCode = keyof typeof ACTIONS;

/** What to do: as a button where the console can do it. `words` always say it, also to those who may not press. */
export interface Action {
  /** Null where only words are left. */
  code: ActionCode | null;
  /** The certificate that it is about: to be renewed, downloaded, admitted. */
  certificate: string | null;
  words: string;
  /** What to copy, for `copy-directive`. */
  directive: string | null;
}

/**
 * What mends a cause.
 *
 * @param certificate id of the certificate concerned, where it is known
 */
export function actionFor(cause: Cause, proxy: LoggingProxy, certificate: string | null): Action {
  const { code = null, words, directive } = REMEDIES[cause];
  const copied = directive?.[proxy] ?? null;
  // A button needs what it is about.
  const isPossible =
    code === "copy-directive" ? copied !== null : code === null || !OF_ONE.has(code) || certificate !== null;
  return {
    code: isPossible ? code : null,
    certificate: isPossible && code !== null ? certificate : null,
    words,
    directive: code === "copy-directive" ? copied : null,
  };
}

/** What mends a cause, in words: for lists, where there is no room for a button. */
export function remedyWords(cause: Cause): string {
  return REMEDIES[cause].words;
}

const OF_ONE: ReadonlySet<ActionCode> = new Set(["renew", "rotate", "admit", "download-intermediate"]);

interface Remedy {
  code?: ActionCode;
  words: string;
  /** What stands in the proxy's configuration then. */
  directive?: Partial<Record<LoggingProxy, string>>;
}

const REMEDIES: Record<Cause, Remedy> = {
  none: { words: "Nothing has to be done." },
  "client-certificate-missing": {
    code: "issue",
    words:
      "Give the client its certificate and key, issued by an authority whose name the proxy sends; if it has one, compare its issuer with the proxy's bundle.",
  },
  "client-certificate-expired": { code: "renew", words: "Renew the certificate and give it to the client." },
  "client-certificate-not-yet-valid": {
    words: "Compare the clocks of proxy and client; if they are right, wait, or use the former certificate.",
  },
  "client-certificate-revoked": {
    code: "rotate",
    words: "If the client is still to come in, issue a new certificate with a new key for it.",
  },
  "issuer-unknown": {
    code: "admit",
    words:
      "Issue a certificate from an authority that the proxy trusts, or admit this one, or add its authority to the proxy's trust bundle.",
  },
  "self-signed": {
    code: "admit",
    words: "Issue a certificate from an authority that the proxy trusts, or admit this very certificate.",
  },
  "intermediate-missing": {
    code: "download-intermediate",
    words:
      "Append the intermediate to the client's certificate file, so that it sends both; or add it to the proxy's trust bundle.",
  },
  "wrong-extended-key-usage": {
    code: "rotate",
    words: "Issue the certificate anew from a profile with client authentication.",
  },
  "too-weak": {
    code: "rotate",
    words: "Issue the certificate anew with an EC P-256 or RSA 2048 key and SHA-256.",
  },
  "issuer-not-an-authority": {
    code: "rotate",
    words: "Issue the certificate from an authority: its issuer may not sign certificates.",
  },
  "unknown-critical-extension": {
    code: "rotate",
    words: "Issue the certificate without that extension, or without marking it critical.",
  },
  "key-mismatch": {
    code: "rotate",
    words: "Give the client the key that belongs to its certificate; if it is lost, issue a new one.",
  },
  "name-constraint-violated": {
    words: "Issue the certificate from an authority whose name constraints permit its names.",
  },
  "authority-revoked": {
    code: "rotate",
    words: "Issue the clients of this authority new certificates from one that is not revoked.",
  },
  "authority-expired": {
    code: "renew",
    words:
      "Renew the authority's certificate and give it to its clients as their intermediate, or issue them from another one.",
  },
  "trust-anchor-expired": {
    code: "download-bundle",
    words: "Give the proxy a trust bundle with a root that is valid, and issue the clients below that one.",
  },
  "trust-anchor-rekeyed": {
    code: "download-bundle",
    words: "Give the proxy a trust bundle with the former and the new root of that name.",
  },
  "chain-too-long": {
    code: "copy-directive",
    words: "Let the proxy follow longer chains.",
    directive: {
      nginx: "ssl_verify_depth 4;",
      "nginx-stream": "ssl_verify_depth 4;",
      apache: "SSLVerifyDepth 4",
      envoy: "max_verify_depth: 4",
    },
  },
  "crl-missing": {
    code: "publish-crl",
    words:
      "Publish a CRL of every authority of the chain, the root too, and add them all to the proxy's CRL file.",
  },
  "crl-expired": {
    code: "publish-crl",
    words: "Publish a new CRL and let the proxy fetch and load it: until then it refuses everybody.",
  },
  "ocsp-unavailable": {
    words: "See that the OCSP responder runs, and that the proxy reaches the address in the certificate.",
  },
  "ocsp-untrusted": {
    words:
      "Let the responder sign with a certificate of the same authority that is made for OCSP signing, and send it along.",
  },
  "revocation-not-checked": {
    code: "copy-directive",
    words: "Let the proxy check revocation, or let it ask here.",
    directive: {
      nginx: "ssl_crl /etc/nginx/tls/clients.crl;",
      "nginx-stream": "ssl_crl /etc/nginx/tls/clients.crl;",
      haproxy: "bind :443 ssl crt … ca-file … crl-file /etc/haproxy/clients.crl verify required",
      apache: "SSLCARevocationFile /etc/apache2/clients.crl\nSSLCARevocationCheck chain",
      stunnel: "CRLfile = /etc/stunnel/clients.crl",
      envoy: "crl: { filename: /etc/envoy/clients.crl }",
    },
  },
  "protocol-version-mismatch": {
    words: "Let the client speak TLS 1.2 or 1.3, or allow on the listener what it speaks.",
  },
  "no-shared-parameters": {
    words: "Compare cipher suites, groups and signature algorithms of the client with those of the listener.",
  },
  "alpn-mismatch": { words: "Let the client offer http/1.1 or h2, or the listener what the client offers." },
  "unknown-server-name": {
    words: "Let the client ask for a name that this listener serves, and send it (SNI); or serve that name.",
  },
  "misdirected-request": {
    words: "Let the client ask for the same name in the handshake and in the Host of its request.",
  },
  "server-certificate-expired": {
    code: "renew",
    words:
      "Renew the server's certificate, load it into the proxy, and see that no listener still shows the former.",
  },
  "server-name-mismatch": {
    words:
      "Issue the server a certificate with the name by which clients call it, or let them call it by that name.",
  },
  "server-untrusted": {
    code: "download-bundle",
    words:
      "Give the client the bundle with the server's root, and see that the proxy sends its intermediate behind its certificate.",
  },
  "not-tls": {
    words:
      "Let the client speak TLS to this port; if a load balancer stands in front, agree on the PROXY protocol with it.",
  },
  "connection-dropped": {
    words: "Look for health checks, scanners and what stands between; then at the client's own log.",
  },
  "handshake-timeout": {
    words: "Look at what stands between (firewall, MTU), and at the client's load.",
  },
  "proxy-certificate-expired": { code: "renew", words: "Renew the proxy's own certificate and load it." },
  "proxy-certificate-untrusted": {
    code: "download-bundle",
    words:
      "Give the upstream the bundle with the root of the proxy's certificate, or the proxy one that it trusts.",
  },
  "proxy-certificate-revoked": { code: "rotate", words: "Issue the proxy a new certificate with a new key." },
  "proxy-certificate-missing": {
    code: "copy-directive",
    words: "Configure the proxy with a certificate and key for this upstream.",
    directive: {
      nginx:
        "proxy_ssl_certificate /etc/nginx/tls/proxy.crt;\nproxy_ssl_certificate_key /etc/nginx/tls/proxy.key;",
      "nginx-stream":
        "proxy_ssl_certificate /etc/nginx/tls/proxy.crt;\nproxy_ssl_certificate_key /etc/nginx/tls/proxy.key;",
      haproxy: "server s1 … ssl crt /etc/haproxy/proxy.pem ca-file … verify required",
      apache: "SSLProxyMachineCertificateFile /etc/apache2/proxy.pem",
      caddy: "transport http {\n\ttls_client_auth /etc/caddy/proxy.crt /etc/caddy/proxy.key\n}",
      stunnel: "cert = /etc/stunnel/proxy.pem",
    },
  },
  "upstream-certificate-expired": { code: "renew", words: "Renew the upstream's certificate." },
  "upstream-name-mismatch": {
    words:
      "Let the proxy expect the name that is in the upstream's certificate, or issue one with the name expected.",
  },
  "upstream-untrusted": {
    code: "download-bundle",
    words:
      "Give the proxy the bundle with the upstream's root, and see that the upstream sends its intermediate.",
  },
  "upstream-protocol-mismatch": {
    words:
      "Compare the versions and cipher suites that the proxy offers to upstreams with those of the upstream.",
  },
  "upstream-not-tls": {
    words: "Let the proxy speak plain to this upstream, or the upstream TLS on that port.",
  },
  "upstream-unreachable": {
    words: "See that the upstream runs and listens, and that nothing between blocks it.",
  },
};
