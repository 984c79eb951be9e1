import { createRoute, z } from "@hono/zod-openapi";
import { DENIALS, PERMITS } from "#lib/access/decide/decision.ts";
import type { ProtocolApplication } from "#lib/protocol/application.ts";

/** The question that decision-listener.ts answers before any other routing, described for readers. */
const decisionRoute = createRoute({
  method: "get",
  operationId: "decide",
  path: "/v1/decision/{service}",
  summary: "Ask whether a client may pass, for a proxy that asks with every request",
  description:
    "For proxies of the service, with their token or certificate. The client's certificate comes in the one header that the proxy was connected with; method and path as this kind of proxy says them: X-Original-Method and X-Original-URI (nginx, HAProxy, Apache), X-Forwarded-Method and X-Forwarded-Uri (Caddy, Traefik); Envoy asks with the method of its client, and with its path behind the service. A body is not looked at.",
  security: [{ proxy: [] }],
  request: {
    params: z.object({ service: z.string().openapi({ description: "Short name." }) }),
    headers: z.object({
      "Client-Cert": z.string().optional().openapi({ description: "As RFC 9440 has it." }),
      "X-Client-Cert-PEM": z.string().optional().openapi({ description: "PEM, percent-encoded." }),
      "X-Client-Cert-DER": z.string().optional().openapi({ description: "Base64 of DER." }),
      "X-Forwarded-Client-Cert": z.string().optional().openapi({ description: "As Envoy writes it." }),
      "X-Forwarded-Tls-Client-Cert": z.string().optional().openapi({ description: "As Traefik writes it." }),
      "X-Original-Method": z.string().optional(),
      "X-Original-URI": z.string().optional(),
      "X-Forwarded-Method": z.string().optional(),
      "X-Forwarded-Uri": z.string().optional(),
    }),
  },
  responses: {
    200: {
      description: "It may pass. The body is empty.",
      headers: z.object({
        "X-Countersign-Reason": z.enum(PERMITS),
        "X-Countersign-Client-Id": z.string().optional(),
        "X-Countersign-Client-Name": z.string().optional().openapi({ description: "Percent-encoded." }),
        "X-Countersign-Scopes": z.string().optional().openapi({
          description:
            "all, or METHODS:path with a blank between each two, * for every method or path; more at the end when it does not hold all.",
        }),
        "X-Countersign-Snapshot-Since": z.string().optional().openapi({
          description: "Since when the database cannot be reached: decided as things were then.",
        }),
      }),
    },
    401: {
      description:
        "The client presented no certificate: certificate-absent. Or the proxy is not known: proxy-unknown, with WWW-Authenticate.",
      headers: z.object({
        "X-Countersign-Reason": z.enum(["certificate-absent", "proxy-unknown"]),
        "WWW-Authenticate": z.string().optional(),
      }),
    },
    403: {
      description:
        "It may not pass. X-Countersign-Client-Id and -Client-Name stand here, too, when it is known who it is.",
      headers: z.object({
        "X-Countersign-Reason": z.enum([
          ...DENIALS.filter((reason) => reason !== "certificate-absent"),
          "service-not-of-proxy",
        ]),
      }),
    },
    503: {
      description:
        "Nothing was decided; another plane may know. The connection is closed without an answer until clients were read.",
      headers: z.object({ "X-Countersign-Reason": z.enum(["failed"]) }),
    },
  },
});

/** Adds it to the description of the interface. */
export function describeDecision(application: ProtocolApplication): void {
  application.openAPIRegistry.registerPath(decisionRoute);
}
