import type { Config } from "#lib/config.ts";

/** Where proxies ask unless somebody says otherwise: the https port at the name under which proxies reach us. */
export function usualPlanes({ protocolUrl, protocol }: Pick<Config, "protocolUrl" | "protocol">): string {
  return `${new URL(protocolUrl).hostname}:${protocol.httpsPort}`;
}
