import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { AccessConfiguration, AccessSetup, AccessWay } from "./access-setup.ts";
import type { AllowlistConfiguration } from "./allowlist-setup.ts";
import { apacheWithAllowlist } from "./apache-allowlist.ts";
import { caddyWithAllowlist } from "./caddy-allowlist.ts";
import { caddyWithDecision } from "./caddy-decision.ts";
import { envoyWithDecision } from "./envoy-decision.ts";
import { haproxyWithAllowlist } from "./haproxy-allowlist.ts";
import { haproxyWithDecision } from "./haproxy-decision.ts";
import { nginxWithAllowlist } from "./nginx-allowlist.ts";
import { nginxWithDecision } from "./nginx-decision.ts";
import { traefikWithDecision } from "./traefik-decision.ts";

interface Writers {
  asks?: (setup: AccessSetup) => AccessConfiguration;
  file?: (setup: AccessSetup) => AllowlistConfiguration;
}

/** What there is to choose from: ways of each kind, the usual one first. */
const WRITERS: Record<ProxyKind, Writers> = {
  nginx: { asks: nginxWithDecision, file: nginxWithAllowlist },
  caddy: { asks: caddyWithDecision, file: caddyWithAllowlist },
  haproxy: { asks: haproxyWithDecision, file: haproxyWithAllowlist },
  apache: { file: apacheWithAllowlist },
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
): AccessConfiguration | AllowlistConfiguration | null {
  return WRITERS[kind][way]?.(setup) ?? null;
}
