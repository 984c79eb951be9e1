import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { AccessConfiguration, AccessSetup, AccessWay } from "./access-setup.ts";
import { caddyWithDecision } from "./caddy-decision.ts";
import { envoyWithDecision } from "./envoy-decision.ts";
import { haproxyWithDecision } from "./haproxy-decision.ts";
import { nginxWithDecision } from "./nginx-decision.ts";
import { traefikWithDecision } from "./traefik-decision.ts";

/** What there is to choose from: ways of each kind, the usual one first. */
const WRITERS: Record<ProxyKind, Partial<Record<AccessWay, (setup: AccessSetup) => AccessConfiguration>>> = {
  nginx: { asks: nginxWithDecision },
  caddy: { asks: caddyWithDecision },
  haproxy: { asks: haproxyWithDecision },
  apache: {},
  envoy: { asks: envoyWithDecision },
  traefik: { asks: traefikWithDecision },
};

/** The ways in which a kind of proxy can learn who may enter, the usual one first. */
export function accessWays(kind: ProxyKind): AccessWay[] {
  return Object.keys(WRITERS[kind]) as AccessWay[];
}

/**
 * The configuration of a proxy in front of a service.
 *
 * @returns null when this kind knows no such way, see `accessWays`
 */
export function accessConfiguration(
  kind: ProxyKind,
  way: AccessWay,
  setup: AccessSetup,
): AccessConfiguration | null {
  return WRITERS[kind][way]?.(setup) ?? null;
}
