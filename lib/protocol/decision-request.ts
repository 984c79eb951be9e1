import type { IncomingMessage } from "node:http";

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

/**
 * The service in the target of a decision request, and what stands behind it.
 *
 * @param target as it stands in the request line
 * @returns null when it is none
 */
export function decisionTarget(target: string): DecisionTarget | null {
  if (!target.startsWith(PREFIX)) return null;
  const end = target.slice(PREFIX.length).search(/[/?]/);
  const service = end === -1 ? target.slice(PREFIX.length) : target.slice(PREFIX.length, PREFIX.length + end);
  return { service, rest: end === -1 ? "" : target.slice(PREFIX.length + end) };
}

/**
 * Method and path of the request that is to be decided about: X-Original-Method and -URI (nginx), X-Forwarded-Method
 * and -Uri (Caddy, Traefik), or the request's own with what stands behind the service (Envoy's ext_authz).
 *
 * @param rest what stands behind the service
 */
export function forwardedRequest(request: IncomingMessage, rest: string): ForwardedRequest {
  const original = pair(request, "x-original-method", "x-original-uri");
  if (original !== null) return original;
  const forwarded = pair(request, "x-forwarded-method", "x-forwarded-uri");
  if (forwarded !== null) return forwarded;
  return { method: request.method ?? null, path: rest.startsWith("/") ? rest : `/${rest}` };
}

function pair({ headersDistinct }: IncomingMessage, method: string, path: string): ForwardedRequest | null {
  const [methods, paths] = [headersDistinct[method], headersDistinct[path]];
  if (methods === undefined && paths === undefined) return null;
  // One of two was not written by the proxy.
  const only = (values: string[] | undefined) => (values?.length === 1 ? (values[0] ?? null) : null);
  return { method: only(methods), path: only(paths) };
}
