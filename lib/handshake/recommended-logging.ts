import type { LoggingProxy } from "./observation.ts";
import { atLeast } from "./software-version.ts";
import {
  apacheErrorFormat,
  apacheErrors,
  apacheRequests,
  haproxyErrors,
  haproxyRequests,
  haproxyTraffic,
  nginxAccess,
  nginxErrors,
} from "./telling-logs.ts";

/** Settings of one place of a configuration. */
export interface LogSetting {
  /** Where they belong, in words. */
  place: string;
  /** As they stand in the configuration. */
  text: string;
}

/**
 * All settings with which a proxy logs what a diagnosis needs, and what shows that a failure is over.
 *
 * @param version of its software, as `1.22.1`; null when it is not known, which is taken for a current one
 */
export function recommendedLogging(proxy: LoggingProxy, version: string | null): LogSetting[] {
  return SETTINGS[proxy](version);
}

const SETTINGS: Record<LoggingProxy, (version: string | null) => LogSetting[]> = {
  nginx: (version) => [
    { place: "outside of http { }", text: nginxErrors },
    { place: "in http { }", text: nginxAccess(version, "http") },
  ],
  "nginx-stream": (version) => [
    { place: "outside of stream { }", text: nginxErrors },
    { place: "in stream { }", text: nginxAccess(version, "stream") },
  ],
  haproxy: (version) => [
    {
      place: "in global: lines are longer than 1,024 octets",
      // From this socket Debian's rsyslog writes /var/log/haproxy.log; nothing listens on UDP there by itself.
      text: "log /dev/log len 4096 local0 info",
    },
    {
      place: "in defaults, or in each frontend",
      text: atLeast(version, "2.5")
        ? `option dontlognull\n${haproxyRequests}\n${haproxyErrors}`
        : `option dontlognull\n${haproxyTraffic}`,
    },
  ],
  apache: () => [
    {
      place: "beside ErrorLog",
      text: `${apacheErrors} proxy:info reqtimeout:info\n${apacheErrorFormat}`,
    },
    {
      place: "in the virtual host",
      text: `${apacheRequests}\nCustomLog \${APACHE_LOG_DIR}/mtls.log mtls`,
    },
  ],
  caddy: () => [
    {
      place: "at the top of the Caddyfile",
      // Without a file it goes to the journal, where nobody follows it.
      text: "{\n\tdebug\n\tlog {\n\t\toutput file /var/log/caddy/caddy.log\n\t\tformat json\n\t}\n}",
    },
    {
      place: "in the site",
      text: "log {\n\toutput file /var/log/caddy/access.log\n\tformat json\n}",
    },
  ],
  traefik: () => [
    {
      place: "in the static configuration",
      text: "log:\n  level: DEBUG\n  format: json\n  filePath: /var/log/traefik/traefik.log\naccessLog:\n  format: json\n  filePath: /var/log/traefik/access.log",
    },
  ],
  envoy: () => [
    {
      place:
        "among the parameters of Envoy itself: versions whose access log only says CERTIFICATE_VERIFY_FAILED say more there",
      text: "--log-path /var/log/envoy/envoy.log --component-log-level connection:debug",
    },
    {
      place: "in the access log of the listener",
      text: 'path: /var/log/envoy/access.log\nlog_format:\n  json_format:\n    start_time: "%START_TIME%"\n    downstream_remote_address: "%DOWNSTREAM_REMOTE_ADDRESS%"\n    connection_id: "%CONNECTION_ID%"\n    requested_server_name: "%REQUESTED_SERVER_NAME%"\n    downstream_tls_version: "%DOWNSTREAM_TLS_VERSION%"\n    downstream_transport_failure_reason: "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%"\n    downstream_peer_subject: "%DOWNSTREAM_PEER_SUBJECT%"\n    downstream_peer_issuer: "%DOWNSTREAM_PEER_ISSUER%"\n    downstream_peer_serial: "%DOWNSTREAM_PEER_SERIAL%"\n    downstream_peer_fingerprint_256: "%DOWNSTREAM_PEER_FINGERPRINT_256%"\n    upstream_host: "%UPSTREAM_HOST%"\n    upstream_transport_failure_reason: "%UPSTREAM_TRANSPORT_FAILURE_REASON%"',
    },
  ],
  stunnel: () => [
    {
      place: "at the top of the configuration",
      text: "debug = info\noutput = /var/log/stunnel4/stunnel.log",
    },
  ],
};
