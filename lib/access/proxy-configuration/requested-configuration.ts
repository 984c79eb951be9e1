import { PROXY_CHOICES } from "./proxy-choices.ts";
import { type ProxyConfiguration, type ProxySetup, usualFiles } from "./proxy-setup.ts";
import type { SetupFields } from "./setup-fields.ts";

/** A client's certificate, an intermediate and a root; no path leads through more than what the bundle holds. */
const DEPTH_MIN = 2;
const DEPTH_MAX = 9;

/**
 * The configuration that a person asked for.
 *
 * @param fields without errors
 * @param here `protocolUrl` of this instance, and how many certificates the trust bundle holds
 */
export function requestedConfiguration(
  { choice, bundle, name, port, upstream, open, resolver }: SetupFields,
  here: { protocolUrl: string; members: number },
): { setup: ProxySetup; configuration: ProxyConfiguration } {
  const { proxy, write } = PROXY_CHOICES[choice];
  const setup: ProxySetup = {
    protocolUrl: here.protocolUrl,
    bundle,
    serverName: name,
    address: null,
    port: Number(port),
    upstream,
    depth: Math.min(DEPTH_MAX, Math.max(DEPTH_MIN, here.members)),
    openSeconds: Number(open),
    files: usualFiles(proxy, name, bundle),
  };
  return { setup, configuration: write(setup, resolver === "" ? null : resolver) };
}
