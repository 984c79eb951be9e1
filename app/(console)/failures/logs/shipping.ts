import { hash } from "node:crypto";
import { fetchScript } from "#lib/access/fetch-script.ts";
import { trustBundle } from "#lib/authority/authority-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { LoggingProxy } from "#lib/handshake/observation.ts";
import {
  type ShippingProgram,
  shippingConfiguration,
} from "#lib/handshake/shipping/shipping-configuration.ts";
import {
  type ShippingConfiguration,
  usualLogs,
  usualShippingFiles,
} from "#lib/handshake/shipping/shipping-setup.ts";
import type { Installation } from "#lib/installation.ts";
import { planeName } from "../../proxies/plane-name.ts";
import { usualPlanes } from "../../proxies/usual-planes.ts";

/**
 * How a proxy's logs are sent to this instance by one program.
 *
 * @returns null where syslog is needed and this instance takes none
 */
export async function writtenShipping(
  installation: Installation,
  actor: Actor,
  program: ShippingProgram,
  { proxy, software }: { proxy: string; software: LoggingProxy },
): Promise<ShippingConfiguration | null> {
  authorize(actor, "authority:read");
  const { config } = installation;
  const [script, servers] = await Promise.all([
    fetchScript(installation, "ship"),
    trustBundle(installation, "servers"),
  ]);
  const { tlsPort, plainPort } = config.syslog;
  return shippingConfiguration(
    program,
    {
      ...{ proxy, software, planes: [usualPlanes(config)], planeName: planeName(config) },
      syslog: { tlsPort, plainPort },
      ...{ logs: usualLogs(software), files: usualShippingFiles(proxy) },
    },
    { protocolUrl: config.protocolUrl, script: script.sha256, servers: hash("sha256", servers, "hex") },
  );
}
