import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** The protocol plane's figures for Prometheus. */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

const requests = new Counter({
  name: "countersign_http_requests_total",
  help: "Requests answered by the protocol plane.",
  labelNames: ["method", "status"],
  registers: [metrics],
});

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Counts an answered request; strange methods share one label, so that nobody can fill the memory. */
export function countRequest(method: string, status: number): void {
  requests.inc({ method: METHODS.has(method) ? method : "other", status: String(status) });
}

/** Certificates issued since this process started. */
export const certificatesIssued = new Counter({
  name: "countersign_certificates_issued_total",
  help: "Certificates issued over the REST API since this process started.",
  labelNames: ["profile"],
  registers: [metrics],
});

/** When each authority's certificate ends. */
export const authorityNotAfter = new Gauge({
  name: "countersign_authority_not_after_seconds",
  help: "End of each authority's certificate, in seconds since 1970.",
  labelNames: ["authority"],
  registers: [metrics],
});

/** When the certificate of the https port ends. */
export const listenerNotAfter = new Gauge({
  name: "countersign_listener_not_after_seconds",
  help: "End of the https port's own certificate, in seconds since 1970.",
  registers: [metrics],
});
