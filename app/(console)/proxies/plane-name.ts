import { listenerNames } from "#lib/authority/listener-credential.ts";
import type { Config } from "#lib/config.ts";

/** A name that stands in the certificate of every plane: that of the address which they share, where it is a name. */
export function planeName(config: Config): string {
  const { hostname } = new URL(config.protocolUrl);
  const names = listenerNames(config, "protocol").filter(({ type }) => type === "dns");
  return names.find(({ value }) => value === hostname)?.value ?? "localhost";
}
