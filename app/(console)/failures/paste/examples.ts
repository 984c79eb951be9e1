/** A line to try, as a proxy writes it. */
export interface PasteExample {
  label: string;
  text: string;
}

export const PASTE_EXAMPLES: readonly PasteExample[] = [
  {
    label: "nginx: an expired certificate",
    text: `2026/02/03 04:05:06 [info] 1905#1905: *11 client SSL certificate verify error: (10:certificate has expired) while reading client request headers, client: 192.0.2.7, server: orders.example.test, request: "GET /v1/orders HTTP/1.1", host: "orders.example.test"
{"time":"2026-02-03T04:05:06+00:00","connection":"11","remote_addr":"192.0.2.7","status":"400","ssl_protocol":"TLSv1.3","ssl_client_verify":"FAILED:certificate has expired","ssl_client_s_dn":"CN=billing-worker,O=Example","ssl_client_i_dn":"CN=Example Client CA,O=Example","ssl_client_serial":"4C2B7ED8D1C46DDB","ssl_client_v_end":"Feb  1 00:00:00 2026 GMT"}`,
  },
  {
    label: "HAProxy: by its default log",
    text: "Feb  3 04:05:06 edge haproxy[1788]: 192.0.2.7:47784 [03/Feb/2026:04:05:06.917] mtls_main/1: SSL client certificate not trusted",
  },
  {
    label: "Apache: a revoked certificate",
    text: "[Tue Feb 03 04:05:06.554820 2026] [ssl:error] [pid 1972:tid 1995] [client 192.0.2.7:38936] AH02276: Certificate Verification: Error (23): certificate revoked [subject: CN=partner-api,O=Example / issuer: CN=Example Client CA,O=Example / serial: 3FAC50F0212EF45E / notbefore: Oct 22 20:30:44 2025 GMT / notafter: Sep 18 03:41:37 2026 GMT]",
  },
  {
    label: "Caddy: a foreign authority",
    text: '{"level":"debug","ts":1770091506.1361759,"logger":"http.stdlib","msg":"http: TLS handshake error from 192.0.2.7:39026: tls: failed to verify certificate: x509: certificate signed by unknown authority"}',
  },
  {
    label: "Envoy: no certificate at all",
    text: '{"start_time":"2026-02-03T04:05:06.100Z","connection_id":"42","downstream_remote_address":"192.0.2.7:51514","requested_server_name":"orders.example.test","downstream_transport_failure_reason":"TLS_error:|268435655:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE:TLS_error_end"}',
  },
];
