import type { ShippingSetup } from "./shipping-setup.ts";

/**
 * Where lines are posted, by the name in the certificate: these programs cannot look for another name in it than
 * the one that they connect to.
 */
export function planeUrl({ planes: [plane = ""], planeName, proxy }: ShippingSetup): string {
  return `https://${planeName}${/:\d+$/.exec(plane)?.[0] ?? ""}/v1/ingest/${proxy}`;
}
