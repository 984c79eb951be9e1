import type { LoggingProxy } from "#lib/handshake/observation.ts";

/** What a person calls the software whose logs are read. */
export const SOFTWARE_NAMES: Record<LoggingProxy, string> = {
  nginx: "nginx",
  "nginx-stream": "nginx (stream)",
  haproxy: "HAProxy",
  apache: "Apache httpd",
  caddy: "Caddy",
  traefik: "Traefik",
  envoy: "Envoy or Istio",
  stunnel: "stunnel",
};

/** The same for what is stored as text, perhaps by another version. */
export function softwareName(proxy: string): string {
  return Object.hasOwn(SOFTWARE_NAMES, proxy) ? SOFTWARE_NAMES[proxy as LoggingProxy] : proxy;
}
