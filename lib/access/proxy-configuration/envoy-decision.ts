import {
  type AccessConfiguration,
  type AccessSetup,
  ASKED_EACH_TIME,
  OPEN_WHEN_ASKED,
  plainName,
} from "./access-setup.ts";
import { FOREIGN_HEADERS, OUR_HEADERS } from "./application-headers.ts";
import { certificateFiles } from "./proxy-setup.ts";

/** Envoy sets this one itself, and empties it first. */
const OWN_HEADER = "x-forwarded-client-cert";
const TYPE = "type.googleapis.com/envoy.extensions";

/**
 * Envoy (1.27 or later) with ext_authz over HTTP. It verifies the chain; who it is, and what it may do, is asked here.
 * Written by its documentation, never run.
 */
export function envoyWithDecision(setup: AccessSetup): AccessConfiguration {
  const { planes, planeName, service, token, files, serverName, address, port, depth } = setup;
  const name = plainName(service);
  const strangers = [...OUR_HEADERS, ...FOREIGN_HEADERS]
    .map((header) => header.toLowerCase())
    .filter((header) => header !== OWN_HEADER);
  return {
    kind: "envoy",
    way: "asks",
    parts: [
      {
        file: files.configuration,
        place: "In its static_resources; readable by the user of Envoy alone",
        text: `static_resources:
  listeners:
    - name: ${name}
      address:
        socket_address: { address: "${address ?? "0.0.0.0"}", port_value: ${port} }
      filter_chains:
        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": ${TYPE}.transport_sockets.tls.v3.DownstreamTlsContext
              require_client_certificate: false
              common_tls_context:
                tls_params: { tls_minimum_protocol_version: TLSv1_2 }
                tls_certificates:
                  - certificate_chain: { filename: "${files.certificate}" }
                    private_key: { filename: "${files.key}" }
                validation_context:
                  trusted_ca: { filename: "${files.clients}" }
                  max_verify_depth: ${depth}
          filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": ${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: ${name}
                forward_client_cert_details: SANITIZE_SET
                set_current_client_cert_details: { cert: true }
                normalize_path: true
                merge_slashes: true
                path_with_escaped_slashes_action: REJECT_REQUEST
                common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }
                early_header_mutation_extensions:
                  - name: envoy.http.early_header_mutation.header_mutation
                    typed_config:
                      "@type": ${TYPE}.http.early_header_mutation.header_mutation.v3.HeaderMutation
                      mutations:
${strangers.map((header) => `                        - remove: ${header}`).join("\n")}
                route_config:
                  virtual_hosts:
                    - name: ${name}
                      domains: ["${serverName}", "${serverName}:*"]
                      request_headers_to_remove: [${OWN_HEADER}]
                      routes:
                        - match: { prefix: "/" }
                          route: { cluster: ${name}_service }
                http_filters:
                  - name: envoy.filters.http.ext_authz
                    typed_config:
                      "@type": ${TYPE}.filters.http.ext_authz.v3.ExtAuthz
                      transport_api_version: V3
                      failure_mode_allow: false
                      status_on_error: { code: ServiceUnavailable }
                      allowed_headers:
                        patterns:
                          - exact: ${OWN_HEADER}
                      http_service:
                        server_uri:
                          uri: https://${planeName}
                          cluster: ${name}_planes
                          timeout: 3s
                        path_prefix: /v1/decision/${service}
                        authorization_request:
                          headers_to_add:
                            - key: authorization
                              value: "Bearer ${token}"
                        authorization_response:
                          allowed_upstream_headers:
                            patterns:
${OUR_HEADERS.map((header) => `                              - exact: ${header.toLowerCase()}`).join("\n")}
                          allowed_client_headers:
                            patterns:
                              - exact: x-countersign-reason
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": ${TYPE}.filters.http.router.v3.Router

  clusters:
    - name: ${name}_service
      type: STRICT_DNS
      connect_timeout: 5s
      load_assignment:
        cluster_name: ${name}_service
        endpoints:
          - lb_endpoints:
${endpoint(setup.upstream)}
    - name: ${name}_planes
      type: STRICT_DNS
      connect_timeout: 1s
      health_checks:
        - timeout: 1s
          interval: 1s
          unhealthy_threshold: 1
          healthy_threshold: 1
          http_health_check: { path: /healthz/decisions, host: ${planeName} }
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": ${TYPE}.transport_sockets.tls.v3.UpstreamTlsContext
          sni: ${planeName}
          common_tls_context:
            validation_context:
              trusted_ca: { filename: "${files.servers}" }
              match_typed_subject_alt_names:
                - san_type: DNS
                  matcher: { exact: ${planeName} }
      load_assignment:
        cluster_name: ${name}_planes
        endpoints:
          - lb_endpoints:
${planes.map(endpoint).join("\n")}
`,
        isSecret: true,
      },
    ],
    check: `envoy --mode validate --config-path ${files.configuration}`,
    reload: "systemctl restart envoy",
    explanation: [
      certificateFiles(files).replace("readable by root alone", "readable by the user of Envoy alone"),
      "require_client_certificate: false lets Envoy answer 401 to whoever presents no certificate; one whose chain it cannot verify, or that has ended, gets no further than the handshake.",
      "SANITIZE_SET empties X-Forwarded-Client-Cert and sets it to the certificate of this connection. It goes with the question, and not to the application.",
      "early_header_mutation takes away what a client says of itself, before anything else looks at it; a removal in a route would come after the question and take our answer away again. DROP_HEADER drops names with an underscore, which some applications take for the same.",
      "ext_authz asks about each request, with the path behind /v1/decision/… as the application gets it: 200 lets it pass, any other answer goes back to the client.",
      "failure_mode_allow: false and status_on_error: when no plane answers, nobody enters.",
      ASKED_EACH_TIME,
    ],
    openConnections: OPEN_WHEN_ASKED,
    limits: [
      "This configuration was checked against the documentation of Envoy, and never run.",
      "A client whose certificate has ended fails in the handshake: it is not asked about, so it is not seen here.",
      "ext_authz does not ask twice: in the second that the watch over the planes needs to notice that one is gone, requests that come to it get 503.",
    ],
    isRun: false,
  };
}

/** @param at host:port */
function endpoint(at: string): string {
  const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(at) ?? [];
  return `              - endpoint:
                  address:
                    socket_address: { address: "${host.replace(/^\[(.*)\]$/, "$1")}", port_value: ${port} }`;
}
