/** What nginx needs to ask about each request. */
export interface DecisionSetup {
  /** host:port of the https port of each protocol plane. */
  planes: readonly string[];
  /** DNS name in the certificate of the planes. */
  planeName: string;
  /** Short name of the service. */
  service: string;
  /** The token of this proxy. */
  token: string;
  /** host:port of the application behind it. */
  upstream: string;
  files: {
    /** The authorities of the planes' certificates, PEM: the trust bundle servers. */
    servers: string;
    /** Gets the token; readable by root alone. */
    token: string;
  };
}

/** Headers by which an application learns who calls. Whatever a client sends of these is taken away. */
const OURS = ["X-Countersign-Client-Id", "X-Countersign-Client-Name", "X-Countersign-Reason"] as const;

/** Other headers by which applications take somebody's word for who calls. */
const FOREIGN = [
  "Client-Cert",
  "Client-Cert-Chain",
  "X-Client-Cert-PEM",
  "X-Client-Cert-DER",
  "X-Forwarded-Client-Cert",
  "X-Forwarded-Tls-Client-Cert",
  "X-SSL-Cert",
] as const;

const variable = (header: string) =>
  `$${header.toLowerCase().replace("x-countersign-", "countersign_").replaceAll("-", "_")}`;

/**
 * nginx's auth_request: a part for `http { … }`, one for the `server { … }` of the service, and the file with the
 * token. nginx verifies the chain (ssl_client_certificate and ssl_verify_client of the server); who it is, and what it
 * may do, is asked here. When no plane answers, nginx answers 500: nobody enters.
 */
export function nginxWithDecision(setup: DecisionSetup): { http: string; server: string; token: string } {
  const { planes, planeName, service, token, upstream, files } = setup;
  const name = `countersign_${service.replaceAll("-", "_")}`;
  return {
    http: `upstream ${name} {
${planes.map((plane) => `    server    ${plane} max_fails=1 fail_timeout=2s;`).join("\n")}
    keepalive 32;
}
`,
    server: `location = /_countersign/decision {
    internal;
    include                       ${files.token};
    proxy_pass                    https://${name}/v1/decision/${service};
    proxy_ssl_trusted_certificate ${files.servers};
    proxy_ssl_verify              on;
    proxy_ssl_verify_depth        3;
    proxy_ssl_name                ${planeName};
    proxy_ssl_server_name         on;
    proxy_http_version            1.1;
    proxy_pass_request_body       off;
    proxy_pass_request_headers    off;
    proxy_set_header              Connection        "";
    proxy_set_header              Content-Length    "";
    proxy_set_header              X-Client-Cert-PEM $ssl_client_escaped_cert;
    proxy_set_header              X-Original-Method $request_method;
    proxy_set_header              X-Original-URI    $request_uri;
    proxy_connect_timeout         1s;
    proxy_read_timeout            3s;
    proxy_next_upstream           error timeout http_503;
}
location / {
    auth_request     /_countersign/decision;
${OURS.map((header) => `    auth_request_set ${variable(header)} $upstream_http_${header.toLowerCase().replaceAll("-", "_")};`).join("\n")}
${OURS.map((header) => `    proxy_set_header ${header} ${variable(header)};`).join("\n")}
${FOREIGN.map((header) => `    proxy_set_header ${header} "";`).join("\n")}
    proxy_pass       http://${upstream};
}
`,
    token: `proxy_set_header Authorization "Bearer ${token}";\n`,
  };
}
