/** Commands and configuration with which a relying party takes over a trust bundle. */

/** @param url where the bundle is published, ending in its file name */
export function fetchBundle(url: string): string {
  return `curl -fsS ${url} \\
  -o /etc/nginx/${fileName(url)}`;
}

/** nginx that demands client certificates of this bundle. */
export function nginxDemandsClients(url: string): string {
  return [
    `ssl_client_certificate /etc/nginx/${fileName(url)};`,
    "ssl_verify_client on;",
    "ssl_verify_depth 3;",
  ].join("\n");
}

/** nginx that calls an upstream whose server certificate is of this bundle. */
export function nginxTrustsServers(url: string): string {
  return [
    `proxy_ssl_trusted_certificate /etc/nginx/${fileName(url)};`,
    "proxy_ssl_verify on;",
    "proxy_ssl_verify_depth 3;",
    "proxy_ssl_server_name on;",
  ].join("\n");
}

/** A call that trusts servers of this bundle. */
export function curlTrustsServers(url: string): string {
  return `curl --cacert ${fileName(url)} \\
  https://service.example.com/`;
}

/** A call with a client certificate. */
export function curlAsClient(): string {
  return "curl --cert client.fullchain.pem --key client.key \\\n  https://service.example.com/";
}

function fileName(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
