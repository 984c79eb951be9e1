import type { LoggingProxy } from "#lib/handshake/observation.ts";

/** Absolute paths on the proxy's machine. */
export interface ShippingFiles {
  /** The authorities of the planes' certificates, PEM: the trust bundle `servers`. */
  servers: string;
  /** Holds the token of this proxy on its one line; readable by root alone. */
  token: string;
  /** A folder for what was sent and what waits. */
  state: string;
}

/** What the sending of a proxy's logs is set up for. */
export interface ShippingSetup {
  /** Short name of the proxy. */
  proxy: string;
  /** What it is. */
  software: LoggingProxy;
  /** host:port of the https port of each protocol plane; one at least. */
  planes: readonly string[];
  /** DNS name in the certificate of the planes. */
  planeName: string;
  /** Ports on which the planes take syslog, see lib/config.ts; null where they do not. */
  syslog: { tlsPort: number | null; plainPort: number | null };
  /** Absolute paths of its logs, without wildcards; one at least. */
  logs: readonly string[];
  files: ShippingFiles;
}

/** A text to be put in place. */
export interface ShippingPart {
  file: string;
  text: string;
  /** What it needs to be: `0600` where only root may read it. */
  mode: "0600" | "0644";
}

/** How logs are sent by one program. */
export interface ShippingConfiguration {
  parts: readonly ShippingPart[];
  /** To be run as root: what comes before the parts are in place, and what starts it. */
  commands: readonly { title: string; code: string }[];
  /** What it promises, and what it cannot do. */
  limits: readonly string[];
  /** False when it was held against the program's documentation only, and never run through the program itself. */
  isRun: boolean;
}

/** Where the files stand unless somebody wants them elsewhere. @param proxy short name */
export function usualShippingFiles(proxy: string): ShippingFiles {
  return {
    servers: "/etc/countersign/servers.pem",
    token: `/etc/countersign/${proxy}.token`,
    state: "/var/lib/countersign",
  };
}

/** The logs in which a proxy tells of handshakes, where its package or our directives put them. */
export function usualLogs(software: LoggingProxy): readonly string[] {
  return LOGS[software];
}

const LOGS: Record<LoggingProxy, readonly string[]> = {
  nginx: ["/var/log/nginx/error.log", "/var/log/nginx/access.json"],
  "nginx-stream": ["/var/log/nginx/error.log", "/var/log/nginx/access.json"],
  haproxy: ["/var/log/haproxy.log"],
  apache: ["/var/log/apache2/error.log", "/var/log/apache2/mtls.log"],
  caddy: ["/var/log/caddy/caddy.log", "/var/log/caddy/access.log"],
  traefik: ["/var/log/traefik/traefik.log", "/var/log/traefik/access.log"],
  envoy: ["/var/log/envoy/envoy.log", "/var/log/envoy/access.log"],
  stunnel: ["/var/log/stunnel4/stunnel.log"],
};

/** Made of a short name, for programs that take no hyphens in names. */
export function plainShippingName({ proxy }: Pick<ShippingSetup, "proxy">): string {
  return `countersign_${proxy.replaceAll("-", "_")}`;
}

/** The host of the first plane, without its port; an IPv6 address without its brackets. */
export function planeHost({ planes: [plane = ""] }: Pick<ShippingSetup, "planes">): string {
  return plane.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}
