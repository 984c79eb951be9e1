import type { Config } from "#lib/config.ts";
import type { Place } from "#lib/server/listening.ts";

/** Where the console listens. */
export function consolePlace(config: Config): Place {
  return {
    address: config.console.address,
    port: config.console.port,
    addressSetting: "COUNTERSIGN_CONSOLE_ADDRESS",
    portSetting: "COUNTERSIGN_CONSOLE_PORT",
  };
}

/** Where the protocol plane listens: http, then https. */
export function protocolPlaces(config: Config): { http: Place; https: Place } {
  const { address, httpPort, httpsPort } = config.protocol;
  const addressSetting = "COUNTERSIGN_PROTOCOL_ADDRESS";
  return {
    http: { address, port: httpPort, addressSetting, portSetting: "COUNTERSIGN_HTTP_PORT" },
    https: { address, port: httpsPort, addressSetting, portSetting: "COUNTERSIGN_HTTPS_PORT" },
  };
}
