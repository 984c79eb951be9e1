/** The proxies whose configuration is written here. */
export const PROXY_NAMES = {
  nginx: "nginx",
  haproxy: "HAProxy",
  apache: "Apache",
  stunnel: "stunnel",
} as const;

export type ProxyName = keyof typeof PROXY_NAMES;

/** Absolute paths on the proxy's machine. */
export interface ProxyFiles {
  /** The server's certificate with its intermediates, PEM. */
  certificate: string;
  /** Its private key, PEM. */
  key: string;
  /** The authorities of its clients, PEM: a trust bundle. */
  clients: string;
  /** The CRLs of all of these authorities, PEM: what the fetch script keeps fresh. */
  crl: string;
  /** Where the configuration stands. */
  configuration: string;
}

/** What a configuration is written for. */
export interface ProxySetup {
  /** Where the proxy reaches the http port of this instance, without a slash at the end. */
  protocolUrl: string;
  /** Short name of the trust bundle that holds the authorities of the clients. */
  bundle: string;
  /** DNS name under which clients call the service. */
  serverName: string;
  /** IP address to listen on; null means every one. */
  address: string | null;
  port: number;
  /** host:port of the service behind the proxy. */
  upstream: string;
  /** Most certificates above a client's. */
  depth: number;
  /** Within how many seconds connections end that are open when a certificate is revoked. */
  openSeconds: number;
  files: ProxyFiles;
}

/** A configuration, with what one must know of it. */
export interface ProxyConfiguration {
  proxy: ProxyName;
  /** Texts to be put in place; all of them are needed. */
  parts: { file: string; place: string; text: string }[];
  /** Command that says whether the configuration is sound. */
  check: string;
  /** Command after which the proxy uses a new CRL file; null when it needs none. */
  reload: string | null;
  /** What its lines are for. */
  explanation: string[];
  /** What becomes of connections that are open when a certificate is revoked, and what that costs. */
  openConnections: { bound: string; cost: string };
  /** What the proxy cannot do. */
  limits: readonly string[];
}

/** Where the files stand unless somebody wants them elsewhere. */
export function usualFiles(proxy: ProxyName, serverName: string, bundle: string): ProxyFiles {
  const folder = FOLDERS[proxy];
  return {
    certificate: `${folder.files}/${serverName}.pem`,
    // HAProxy looks for the key of a certificate under this name.
    key: `${folder.files}/${serverName}.pem.key`,
    clients: `${folder.files}/${bundle}.pem`,
    crl: `${folder.files}/${bundle}.crl`,
    configuration: folder.configuration.replace("NAME", serverName),
  };
}

const FOLDERS: Record<ProxyName, { files: string; configuration: string }> = {
  nginx: { files: "/etc/nginx/countersign", configuration: "/etc/nginx/conf.d/NAME.conf" },
  haproxy: { files: "/etc/haproxy/countersign", configuration: "/etc/haproxy/haproxy.cfg" },
  apache: { files: "/etc/apache2/countersign", configuration: "/etc/apache2/sites-available/NAME.conf" },
  stunnel: { files: "/etc/stunnel/countersign", configuration: "/etc/stunnel/NAME.conf" },
};

/** An address to listen on as most proxies write it. @param every what stands for every address */
export function listenOn({ address, port }: Pick<ProxySetup, "address" | "port">, every: string): string {
  if (address === null) return `${every}${port}`;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What an operator puts where before anything else. */
export function certificateFiles({ certificate, key }: Pick<ProxyFiles, "certificate" | "key">): string {
  return `Put the server's certificate with its intermediates into ${certificate}, and its private key into ${key}, readable by root alone.`;
}
