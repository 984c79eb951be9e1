import type { LineParser, LoggingProxy } from "./observation.ts";
import { parseApache } from "./parser/apache.ts";
import { parseCaddy } from "./parser/caddy.ts";
import { parseEnvoy } from "./parser/envoy.ts";
import { parseHaproxy } from "./parser/haproxy.ts";
import { parseNginx } from "./parser/nginx.ts";
import { parseNginxStream } from "./parser/nginx-stream.ts";
import { parseStunnel } from "./parser/stunnel.ts";
import { parseTraefik } from "./parser/traefik.ts";

/** All parsers. A further proxy is one more file, and its line here. */
export const PARSERS: Readonly<Record<LoggingProxy, LineParser>> = {
  nginx: parseNginx,
  "nginx-stream": parseNginxStream,
  haproxy: parseHaproxy,
  apache: parseApache,
  caddy: parseCaddy,
  traefik: parseTraefik,
  envoy: parseEnvoy,
  stunnel: parseStunnel,
};

export function parserOf(proxy: LoggingProxy): LineParser {
  return PARSERS[proxy];
}
