import type { IdentityHeader, ProxyKind } from "#lib/access/proxy-input.ts";
import type { ProxyConfiguration, ProxySetup } from "./proxy-setup.ts";

/** How a proxy learns who may enter: it asks with each request, or reads a file that is kept fresh. */
export type AccessWay = "asks" | "file";

/** In which header the configurations that are written here pass certificates on. */
export const HEADER_OF: Record<ProxyKind, IdentityHeader> = {
  nginx: "x-client-cert-pem",
  caddy: "x-client-cert-der",
  haproxy: "x-client-cert-der",
  apache: "x-client-cert-pem",
  envoy: "x-forwarded-client-cert",
  traefik: "x-forwarded-tls-client-cert",
};

/** Absolute paths on the proxy's machine. */
export interface AccessFiles {
  /** The server's certificate with its intermediates, PEM. */
  certificate: string;
  /** Its private key, PEM. */
  key: string;
  /** The authorities of the clients, PEM: the trust bundle `clients`. */
  clients: string;
  /** The authorities of the planes' certificates, PEM: the trust bundle `servers`. */
  servers: string;
  /** Gets the token; readable by root alone. */
  token: string;
  /** What the proxy runs to ask; HAProxy alone needs one. */
  script: string;
  /** Whom a proxy lets in that decides itself: what the fetch script keeps fresh. */
  allowlist: string;
  /** Where the configuration stands. */
  configuration: string;
}

/** What the configuration of a proxy that asks is written for. */
export interface AccessSetup
  extends Pick<ProxySetup, "serverName" | "address" | "port" | "upstream" | "depth"> {
  /** host:port of the https port of each protocol plane; for nginx that asks also unix:/path, all of them or none. */
  planes: readonly string[];
  /** DNS name in the certificate of the planes. */
  planeName: string;
  /** Short name of the service. */
  service: string;
  /** The token of this proxy. */
  token: string;
  /** The same authorities as in the file `clients`, base64 of DER: Caddy wants them where they are used. */
  clientAuthorities: readonly string[];
  files: AccessFiles;
}

/** The setting COUNTERSIGN_DECISION_SOCKET of a plane, as a proxy names it. A path is as long as 107 bytes at most. */
export function isSocket(plane: string): boolean {
  return /^unix:\/[A-Za-z0-9._/-]{1,106}$/.test(plane);
}

/** A text to be put in place. */
export type AccessPart = ProxyConfiguration["parts"][number] & {
  /** Whether the token stands in it. */
  isSecret: boolean;
};

/** A configuration, with what one must know of it. */
export interface AccessConfiguration {
  kind: ProxyKind;
  way: AccessWay;
  /** All of them are needed. */
  parts: AccessPart[];
  /** Command that says whether the configuration is sound; null when the proxy has none. */
  check: string | null;
  /** Command after which the proxy uses a new configuration; null when it watches its files. */
  reload: string | null;
  /** What its lines are for. */
  explanation: string[];
  /** What becomes of connections that are open when a client is refused. */
  openConnections: ProxyConfiguration["openConnections"];
  /** What the proxy cannot do. */
  limits: readonly string[];
  /** False when it was checked against the proxy's documentation only, and never run through the proxy itself. */
  isRun: boolean;
}

const FOLDERS: Record<ProxyKind, { files: string; configuration: string }> = {
  nginx: { files: "/etc/nginx/countersign", configuration: "/etc/nginx/conf.d/NAME.conf" },
  caddy: { files: "/etc/caddy/countersign", configuration: "/etc/caddy/Caddyfile" },
  haproxy: { files: "/etc/haproxy/countersign", configuration: "/etc/haproxy/haproxy.cfg" },
  apache: { files: "/etc/apache2/countersign", configuration: "/etc/apache2/sites-available/NAME.conf" },
  envoy: { files: "/etc/envoy/countersign", configuration: "/etc/envoy/envoy.yaml" },
  traefik: { files: "/etc/traefik/countersign", configuration: "/etc/traefik/dynamic/NAME.yaml" },
};

/** Where the files stand unless somebody wants them elsewhere. */
export function usualAccessFiles(kind: ProxyKind, serverName: string, service: string): AccessFiles {
  const { files, configuration } = FOLDERS[kind];
  return {
    certificate: `${files}/${serverName}.pem`,
    // HAProxy looks for the key of a certificate under this name.
    key: `${files}/${serverName}.pem.key`,
    clients: `${files}/clients.pem`,
    servers: `${files}/servers.pem`,
    token: `${files}/${service}.token`,
    script: `${files}/countersign.lua`,
    allowlist: `${files}/${service}.allowlist`,
    configuration: configuration.replace("NAME", serverName),
  };
}

/** A name that means something to proxies, made of what stands in a short name. */
export function plainName(service: string): string {
  return `countersign_${service.replaceAll("-", "_")}`;
}

/** What proxies that ask have in common. */
export const ASKED_EACH_TIME =
  "Each request is asked about, also on connections and TLS sessions that were there before: session resumption may stay as it is.";

/** The same for all that ask: nothing is kept. */
export const OPEN_WHEN_ASKED: AccessConfiguration["openConnections"] = {
  bound:
    "The next request on an open connection is refused; one that runs already, a download or a WebSocket, goes on to its end.",
  cost: "Each request waits for one question to a protocol plane.",
};
