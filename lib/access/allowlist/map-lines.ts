import type { AllowlistEntry } from "#lib/access/allowlist/allowlist-entries.ts";
import { identityOf } from "#lib/access/allowlist/allowlist-head.ts";

/**
 * Files that are one line for each certificate that may enter: what the proxy sees of it, then who it is (identityOf),
 * so that the configuration can pass id and name on. Lines that begin with # are comments for all four.
 */

/**
 * nginx: lines of a `map $ssl_client_fingerprint $countersign_client`, in which the file is included. The key is the
 * SHA-1 of the certificate in lower-case hex, the only fingerprint that nginx 1.22 shows.
 *
 * `0d8f…  "01jq…/Billing";`
 */
export function nginxLine({ candidate, client }: AllowlistEntry): string {
  return `${candidate.sha1} "${identityOf(client)}";\n`;
}

/**
 * HAProxy: a file for the converter map_str. The key is the SHA-256 of the certificate in upper-case hex, which is
 * what `ssl_c_der,sha2(256),hex` gives.
 *
 * `7A41… 01jq…/Billing`
 */
export function haproxyLine({ candidate, client }: AllowlistEntry): string {
  return `${candidate.certificate.sha256.toUpperCase()} ${identityOf(client)}\n`;
}

/**
 * Apache: a RewriteMap of the kind txt. Apache has no variable for a fingerprint, but it has the certificate
 * (SSL_CLIENT_CERT, PEM with lines of 64 characters and a line feed behind the last) and the function sha1: the key
 * is `%{sha1:%{SSL_CLIENT_CERT}}`, lower-case hex. The PEM itself cannot be the key, because mod_rewrite reads 1,024
 * octets of a line and no more. Without a certificate the key is the SHA-1 of nothing, which no line has.
 *
 * `9e9d… 01jq…/Billing`
 */
export function apacheLine({ candidate, client }: AllowlistEntry): string {
  return `${candidate.pemSha1} ${identityOf(client)}\n`;
}

/**
 * Caddy: lines of a `map {http.request.tls.client.fingerprint} {countersign_client}`, in which the file is imported.
 * The key is the SHA-256 of the certificate in lower-case hex.
 *
 * `7a41… "01jq…/Billing"`
 */
export function caddyLine({ candidate, client }: AllowlistEntry): string {
  return `${candidate.certificate.sha256} "${identityOf(client)}"\n`;
}
