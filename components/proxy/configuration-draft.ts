import type { AccessConfiguration, AccessWay } from "#lib/access/proxy-configuration/access-setup.ts";

/** For what a configuration is written, as it is typed. */
export interface ConfigurationDraft {
  /** Short names. */
  proxy: string;
  service: string;
  way: AccessWay;
  /** Name of the server block, and of its certificate. */
  serverName: string;
  port: string;
  /** host:port of the application behind it. */
  upstream: string;
  /** host:port of each plane, with commas between them. */
  planes: string;
}

/** Stands in a configuration where the token belongs: the server never gets it back. */
export const TOKEN_PLACE = "csp_TOKEN-OF-THIS-PROXY";

/** A configuration with the token in its place. @param token null for somebody who does not have it any more */
export function withToken(configuration: AccessConfiguration, token: string | null): AccessConfiguration {
  if (token === null) return configuration;
  return {
    ...configuration,
    parts: configuration.parts.map((part) => ({ ...part, text: part.text.replaceAll(TOKEN_PLACE, token) })),
  };
}
