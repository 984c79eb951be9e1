import { atLeast } from "./software-version.ts";

/** Settings with which proxies log what a diagnosis needs. They are shown to be copied, and used by the tests. */

export const nginxErrors = "error_log /var/log/nginx/error.log info;";

interface NginxField {
  name: string;
  variable: string;
  /** The version that it came with; an unknown variable keeps nginx from starting. */
  since?: string;
  /** Streams have no requests. */
  httpOnly?: boolean;
}

const field = (name: string, more: Partial<NginxField> = {}): NginxField => ({
  name,
  variable: name,
  ...more,
});
const HTTP_ONLY = { httpOnly: true };

const NGINX_FIELDS: readonly NginxField[] = [
  field("time", { variable: "time_iso8601" }),
  field("msec"),
  field("connection"),
  field("connection_requests", HTTP_ONLY),
  field("remote_addr"),
  field("remote_port"),
  field("server_port"),
  field("server_name", HTTP_ONLY),
  field("ssl_server_name"),
  field("host", { variable: "http_host", ...HTTP_ONLY }),
  field("request", HTTP_ONLY),
  field("status"),
  field("ssl_protocol"),
  field("ssl_cipher"),
  field("ssl_session_reused"),
  field("ssl_alpn", { variable: "ssl_alpn_protocol", since: "1.21.4" }),
  field("ssl_client_verify"),
  field("ssl_client_s_dn"),
  field("ssl_client_i_dn"),
  field("ssl_client_serial"),
  field("ssl_client_fingerprint"),
  field("ssl_client_v_start", { since: "1.11.7" }),
  field("ssl_client_v_end", { since: "1.11.7" }),
  field("upstream_addr"),
  field("upstream_status", HTTP_ONLY),
  field("user_agent", { variable: "http_user_agent", ...HTTP_ONLY }),
];

/**
 * One line of JSON for a request or a stream's session, with the certificate as nginx saw it.
 *
 * @param version of nginx; null when it is not known
 */
export function nginxAccess(version: string | null, kind: "http" | "stream"): string {
  const fields = NGINX_FIELDS.filter(
    ({ since, httpOnly }) =>
      (since === undefined || atLeast(version, since)) && !(kind === "stream" && httpOnly === true),
  );
  const lines = fields.map(({ name, variable }, index) => {
    const end = index === fields.length - 1 ? "}" : ",";
    return `  '${index === 0 ? "{" : ""}"${name}":"$${variable}"${end}'`;
  });
  return `log_format mtls_json escape=json\n${lines.join("\n")};\naccess_log /var/log/nginx/access.json mtls_json;`;
}

const HAPROXY_CLIENT =
  "fc_err=%[fc_err] fc_err_str=%{+Q}[fc_err_str] ssl_fc_err=%[ssl_fc_err,hex] ssl_fc_err_str=%{+Q}[ssl_fc_err_str] ssl_c_used=%[ssl_c_used] ssl_c_err=%[ssl_c_err] ssl_c_ca_err=%[ssl_c_ca_err] ssl_c_ca_err_depth=%[ssl_c_ca_err_depth] sni=%{+Q}[ssl_fc_sni] alpn=%{+Q}[ssl_fc_alpn] ver=%sslv cipher=%sslc resumed=%[ssl_fc_is_resumed] s_dn=%{+Q}[ssl_c_s_dn] i_dn=%{+Q}[ssl_c_i_dn] serial=%[ssl_c_serial,hex] sha1=%[ssl_c_sha1,hex] sha256=%[ssl_c_der,sha2(256),hex] notbefore=%[ssl_c_notbefore] notafter=%[ssl_c_notafter]";

/** For handshakes that failed. */
export const haproxyErrors = `error-log-format "%ci:%cp [%tr] %ft %ac/%fc ${HAPROXY_CLIENT}"`;

const HAPROXY_REQUEST = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %tsc %{+Q}r";
const HAPROXY_SERVER =
  "bc_err=%[bc_err] bc_err_str=%{+Q}[bc_err_str] ssl_bc_err=%[ssl_bc_err,hex] ssl_bc_err_str=%{+Q}[ssl_bc_err_str] ssl_bc=%[ssl_bc] ssl_bc_protocol=%[ssl_bc_protocol]";

/** For requests, with what the upstream's handshake came to. */
export const haproxyTraffic = `log-format "${HAPROXY_REQUEST} ${HAPROXY_SERVER}"`;

/**
 * For requests, with the client's certificate, too: what is over is seen by it. Servers stand first, since who is
 * the client says what is behind.
 */
export const haproxyRequests = `log-format "${HAPROXY_REQUEST} ${HAPROXY_SERVER} ${HAPROXY_CLIENT}"`;

export const apacheErrors = "LogLevel warn ssl:info";

/** By its default format a line has no connection to which it belongs. */
export const apacheErrorFormat =
  'ErrorLogFormat "[%{cu}t] [%m:%l] [pid %P:tid %T] [conn %{c}L] %7F: %E: [client %a] [vhost %v] %M"';

/** One line for a request, with the certificate as Apache saw it. */
export const apacheRequests =
  'LogFormat "%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t %a:%{remote}p %v:%p \\"%r\\" %>s L=%L sni=\\"%{SSL_TLS_SNI}x\\" proto=%{SSL_PROTOCOL}x cipher=%{SSL_CIPHER}x verify=\\"%{SSL_CLIENT_VERIFY}x\\" s_dn=\\"%{SSL_CLIENT_S_DN}x\\" i_dn=\\"%{SSL_CLIENT_I_DN}x\\" serial=%{SSL_CLIENT_M_SERIAL}x v_end=\\"%{SSL_CLIENT_V_END}x\\" v_remain=%{SSL_CLIENT_V_REMAIN}x resumed=%{SSL_SESSION_RESUMED}x" mtls';

export const caddyDebug = "{\n\tdebug\n}";
