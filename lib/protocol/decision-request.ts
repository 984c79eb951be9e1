import type { IncomingMessage } from "node:http";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import { headerValues } from "#lib/request-headers.ts";

/** What the client wanted of the service, as its proxy says. */
export interface ForwardedRequest {
  /** Null when it was not said, or said twice. */
  method: string | null;
  path: string | null;
}

export interface DecisionTarget {
  /** Short name of the service. */
  service: string;
  /** What stands behind it. */
  rest: string;
}

const PREFIX = "/v1/decision/";

/** Whether a target is one of decisions. @param target as it stands in the request line */
export const isDecision = (target: string): boolean => target.startsWith(PREFIX);

/**
 * The service in the target of a decision request, and what stands behind it.
 *
 * @param target as it stands in the request line
 * @returns null when it is none
 */
export function decisionTarget(target: string): DecisionTarget | null {
  if (!isDecision(target)) return null;
  let end = PREFIX.length;
  while (end < target.length && target[end] !== "/" && target[end] !== "?") end++;
  return { service: target.slice(PREFIX.length, end), rest: target.slice(end) };
}

/** In which headers each kind says what its client wants; null for Envoy, whose question is a copy of the request. */
const SAID_IN: Record<ProxyKind, { method: string; path: string } | null> = {
  nginx: { method: "x-original-method", path: "x-original-uri" },
  haproxy: { method: "x-original-method", path: "x-original-uri" },
  apache: { method: "x-original-method", path: "x-original-uri" },
  caddy: { method: "x-forwarded-method", path: "x-forwarded-uri" },
  traefik: { method: "x-forwarded-method", path: "x-forwarded-uri" },
  envoy: null,
};

/**
 * Method and path of the request that is to be decided about. Only the headers that this kind of proxy writes are
 * looked at: some proxies pass on whatever else their clients send.
 *
 * @param rest what stands behind the service
 */
export function forwardedRequest(request: IncomingMessage, kind: ProxyKind, rest: string): ForwardedRequest {
  const said = SAID_IN[kind];
  if (said === null) {
    return { method: request.method ?? null, path: rest.startsWith("/") ? rest : `/${rest}` };
  }
  const only = (name: string) => {
    const values = headerValues(request, name);
    return values.length === 1 ? (values[0] ?? null) : null;
  };
  return { method: only(said.method), path: only(said.path) };
}
