import { accessWays } from "#lib/access/proxy-configuration/access-configuration.ts";
import type { AccessWay } from "#lib/access/proxy-configuration/access-setup.ts";
import { PROXY_KINDS, type ProxyKind } from "#lib/access/proxy-input.ts";

/** In which ways each kind of proxy can learn who may enter, for forms in the browser. */
export function waysOfKinds(): Record<ProxyKind, AccessWay[]> {
  return Object.fromEntries(PROXY_KINDS.map((kind) => [kind, accessWays(kind)])) as Record<
    ProxyKind,
    AccessWay[]
  >;
}
