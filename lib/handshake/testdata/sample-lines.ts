import type { LoggingProxy } from "#lib/handshake/observation.ts";

const GO = "http: TLS handshake error from 10.9.0.7:50112: ";
const REFUSED = `${GO}tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2027-04-09T07:31:04Z is after 2027-04-01T00:00:00Z`;
const UNKNOWN = `${GO}tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "Tern Root")`;
const NAME = 'CN=till-7,OU=Shops,O=Tern "Tills"\\, Ltd.,C=NZ';
const CLIENT = ", client: 10.9.0.7, server: till.tern.example";
const OF_REQUEST = `${CLIENT}, request: "GET /a?b=c HTTP/1.1", upstream: "https://10.9.0.9:9443/a", host: "till.tern.example"`;

/** Lines that nobody ever wrote, of every format that a parser knows: for what is done to all of them. */
export const SAMPLE_LINES: Readonly<Record<LoggingProxy, readonly string[]>> = {
  nginx: [
    `2027/04/09 07:31:04 [info] 12#12: *7 client SSL certificate verify error: (10:certificate has expired) while reading client request headers${OF_REQUEST}`,
    `2027/04/09 07:31:04 [info] 12#12: *8 SSL_do_handshake() failed (SSL: error:0A000086:SSL routines::certificate verify failed:SSL alert number 48) while SSL handshaking${CLIENT}`,
    `2027/04/09 07:31:04 [debug] 12#12: *9 verify:0, error:20, depth:1, subject:"/C=NZ/CN=a", issuer:"/C=NZ/CN=b"`,
    '10.9.0.7 - - [09/Apr/2027:07:31:04 +1200] "GET / HTTP/1.1" 400 230 "-" "till/8.9"',
    JSON.stringify({
      ...{
        time: "2027-04-09T07:31:04+12:00",
        connection: "7",
        remote_addr: "10.9.0.7",
        remote_port: "50112",
      },
      ...{ status: "400", ssl_client_verify: "FAILED:certificate has expired", ssl_client_s_dn: NAME },
      ...{
        ssl_client_serial: "0A11",
        ssl_client_v_end: "Apr  1 00:00:00 2027 GMT",
        upstream_addr: "10.9.0.9:1",
      },
    }),
  ],
  "nginx-stream": [
    `2027/04/09 07:31:04 [info] 12#12: *7 client SSL certificate verify error: (23:certificate revoked) while SSL handshaking, client: 10.9.0.7, server: 0.0.0.0:8443, bytes from/to client:0/0, bytes from/to upstream:0/0`,
    "2027/04/09 07:31:04 [info] 12#12: *7 client 10.9.0.7:50112 connected to 0.0.0.0:8443",
    '10.9.0.7 [09/Apr/2027:07:31:04 +0000] TCP 500 0 0 0.004 "FAILED:certificate has expired" "10.9.0.9:5433"',
  ],
  haproxy: [
    "Apr  9 07:31:04 edge haproxy[811]: 10.9.0.7:50112 [09/Apr/2027:07:31:04.250] tills/1: SSL client CA chain cannot be verified",
    `10.9.0.7:50112 [09/Apr/2027:07:31:04.250] tills 1/1 fc_err=34 fc_err_str="SSL handshake failure" ssl_fc_err=0A000086 ssl_fc_err_str="error:0A000086:SSL routines::certificate verify failed" ssl_c_used=1 ssl_c_err=10 ssl_c_ca_err=0 ssl_c_ca_err_depth=0 sni="till.tern.example" s_dn="/C=NZ/CN=till-7" i_dn="/C=NZ/CN=b" serial=0A11 notafter=270401000000Z`,
    '10.9.0.7:50112 [09/Apr/2027:07:31:04.250] tills~ be/s1 0/0/1/2/3 200 73 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
    '<134>1 2027-04-09T07:31:04.250+12:00 edge haproxy 811 - - Health check for server be/s1 failed, reason: Layer6 invalid response, info: "SSL handshake failure", check duration: 2ms',
  ],
  apache: [
    `[Fri Apr 09 07:31:04.250000 2027] [ssl:info] [pid 12:tid 13] [client 10.9.0.7:50112] AH02276: Certificate Verification: Error (10): certificate has expired [subject: ${NAME} / issuer: CN=b / serial: 0A11 / notbefore: Apr  1 00:00:00 2026 GMT / notafter: Apr  1 00:00:00 2027 GMT]`,
    "[2027-04-09 07:31:04.250000] [ssl:info] [pid 12:tid 13] [conn Ch9T] [client 10.9.0.7:50112] [vhost a] AH02008: SSL library error 1 in handshake (server till.tern.example:443)",
    '2027-04-09T07:31:04.250+1200 10.9.0.7:50112 till.tern.example:443 "GET / HTTP/1.1" 200 L=- sni="till.tern.example" proto=TLSv1.3 cipher=A verify="SUCCESS" s_dn="CN=till-7" i_dn="CN=b" serial=0A11 v_end="Apr  1 00:00:00 2027 GMT" v_remain=1 resumed=Initial',
  ],
  caddy: [
    JSON.stringify({ level: "debug", ts: 1807255864.25, logger: "http.stdlib", msg: REFUSED }),
    `2027/04/09 07:31:04.250\tDEBUG\thttp.stdlib\t${UNKNOWN}`,
    JSON.stringify({
      ...{ level: "info", ts: 1807255864.25, logger: "http.log.access", msg: "handled request", status: 200 },
      request: {
        ...{ remote_ip: "10.9.0.7", remote_port: "50112", host: "till.tern.example" },
        tls: { version: 772, server_name: "a", client_common_name: "till-7", client_serial: "2577" },
      },
    }),
  ],
  traefik: [
    `2027-04-09T07:31:04Z DBG log/log.go:245 > ${REFUSED}`,
    `time="2027-04-09T07:31:04Z" level=debug msg="${UNKNOWN.replaceAll('"', '\\"')}" entryPointName=websecure`,
    `10.9.0.7 - - [09/Apr/2027:07:31:04 +0000] "GET / HTTP/2.0" 200 12 "-" "-" 81 "till@file" "https://10.9.0.9:9443" 7ms`,
    JSON.stringify({
      ...{
        ClientAddr: "10.9.0.7:50112",
        DownstreamStatus: 500,
        TLSVersion: "1.3",
        time: "2027-04-09T07:31:04Z",
      },
      ...{ TLSClientSubject: NAME, RequestHost: "till.tern.example", RouterName: "till@file" },
    }),
  ],
  envoy: [
    `[2027-04-09T07:31:04.250Z] "- - -" 0 DPE - - "TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_X509_verify_cert:_certificate_verification_error_at_depth_0:_certificate_has_expired" 0 0 0 - "-" "-" "-" "-" "-" - - 10.9.0.1:8443 10.9.0.7:50112 - -`,
    '[2027-04-09 07:31:04.250][15][debug][connection] [source/a.cc:251] [Tags: "ConnectionId":"31"] remote address:10.9.0.7:50112,TLS_error:|268436504:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA:TLS_error_end',
    JSON.stringify({
      ...{ start_time: "2027-04-09T07:31:04.250Z", downstream_remote_address: "10.9.0.7:50112" },
      ...{
        response_flags: "UF",
        upstream_transport_failure_reason:
          "TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end",
      },
      ...{ downstream_peer_subject: NAME, response_code: 503 },
    }),
  ],
  stunnel: [
    "2027.04.09 07:31:04 LOG5[9]: Service [till] accepted connection from 10.9.0.7:50112",
    '2027.04.09 07:31:04 LOG4[9]: Rejected by CERT at depth=0: C=NZ, CN="till, 7"',
    "2027.04.09 07:31:04 LOG3[9]: SSL_accept: ../ssl/statem/statem_srvr.c:3530: error:0A000086:SSL routines::certificate verify failed",
    "Apr  9 07:31:04 gate stunnel: LOG4[9]: VERIFY ERROR: depth=1, error=certificate is not yet valid: /C=NZ/CN=b",
  ],
};
