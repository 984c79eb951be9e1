import { createRoute, z } from "@hono/zod-openapi";
import type { ProtocolApplication } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";

/** What anybody may fetch, described for readers; on both ports, without a token. */

const pem = { "application/x-pem-file": { schema: z.string() } };
const binary = z.string().openapi({ format: "binary" });
const ocspResponse = { "application/ocsp-response": { schema: binary } };
const authority = z.object({
  authority: z.string().openapi({ description: "Short name of an authority." }),
});
const readiness = z
  .object({ ready: z.boolean(), checks: z.record(z.string(), z.string()) })
  .openapi("Readiness");
const open = { method: "get" as const, security: [] as Record<string, string[]>[] };

const DESCRIPTIONS = [
  createRoute({
    ...open,
    operationId: "getIssuerCertificate",
    path: "/ca/{authority}.crt",
    summary: "An authority's certificate, DER (RFC 5280 §4.2.2.1)",
    request: { params: authority },
    responses: {
      200: {
        description: "The certificate.",
        content: { "application/pkix-cert": { schema: z.string().openapi({ format: "binary" }) } },
      },
      ...PROBLEM_RESPONSES,
    },
  }),
  createRoute({
    ...open,
    operationId: "getIssuerCertificatePem",
    path: "/ca/{authority}.pem",
    summary: "An authority's certificate, PEM",
    request: { params: authority },
    responses: { 200: { description: "The certificate.", content: pem }, ...PROBLEM_RESPONSES },
  }),
  createRoute({
    ...open,
    operationId: "getTrustBundle",
    path: "/trust/{bundle}.pem",
    summary: "What a relying party loads to trust our certificates, PEM",
    request: {
      params: z.object({
        bundle: z.string().openapi({
          description:
            "Short name of a trust bundle; `servers` to trust our servers, `clients` our clients; or an authority's short name.",
        }),
      }),
    },
    responses: {
      200: { description: "The certificates, each below a comment line that names it.", content: pem },
      304: { description: "Unchanged since the state that If-None-Match or If-Modified-Since names." },
      ...PROBLEM_RESPONSES,
    },
  }),
  createRoute({
    ...open,
    operationId: "getCrl",
    path: "/crl/{authority}.crl",
    summary: "An authority's CRL, DER (RFC 5280 §5)",
    request: { params: authority },
    responses: {
      200: {
        description: "The whole CRL, compressed when asked for; never past its nextUpdate.",
        content: { "application/pkix-crl": { schema: z.string().openapi({ format: "binary" }) } },
      },
      206: { description: "The part that Range asks for." },
      304: { description: "Unchanged since the state that If-None-Match or If-Modified-Since names." },
      416: { description: "Range asks for nothing that there is." },
      ...PROBLEM_RESPONSES,
      503: { description: "None was published yet, or the present one has expired." },
    },
  }),
  createRoute({
    ...open,
    operationId: "getCrlBundle",
    path: "/crl/{bundle}.pem",
    summary: "The CRL of every authority in a chain or a trust bundle, PEM",
    request: {
      params: z.object({
        bundle: z.string().openapi({
          description: "Short name of an authority, for it and those above it, or of a trust bundle.",
        }),
      }),
    },
    responses: {
      200: {
        description:
          "The CRLs, each below comment lines that name it. X-Countersign-Crl-Numbers lists their numbers.",
        content: { "application/x-pem-file": { schema: z.string() } },
      },
      304: { description: "Unchanged since the state that If-None-Match names." },
      ...PROBLEM_RESPONSES,
      503: {
        description:
          "One is missing or has expired, and which: programs that use OpenSSL would refuse everybody.",
      },
    },
  }),
  createRoute({
    ...open,
    method: "post",
    operationId: "askOcsp",
    path: "/ocsp",
    summary: "The status of certificates of ours, as OCSP has it (RFC 6960)",
    request: { body: { content: { "application/ocsp-request": { schema: binary } } } },
    responses: {
      200: {
        description:
          "An OCSPResponse: the answers, or why there are none. A nonce is repeated; CertIDs by SHA-1 and SHA-2 are understood.",
        content: ocspResponse,
      },
      408: { description: "The request did not come within seconds." },
      415: { description: "The content is of another type." },
    },
  }),
  createRoute({
    ...open,
    operationId: "getOcsp",
    path: "/ocsp/{request}",
    summary: "The same by GET, for caches (RFC 5019)",
    request: {
      params: z.object({
        request: z.string().openapi({
          description: "The request in base64, percent-encoded or not, also by the alphabet safe in URLs.",
        }),
      }),
    },
    responses: {
      200: {
        description: "An OCSPResponse; one without a nonce may be kept for seconds.",
        content: ocspResponse,
      },
      304: { description: "Unchanged since the state that If-None-Match names." },
    },
  }),
  createRoute({
    ...open,
    operationId: "getFetchScript",
    path: "/countersign-fetch-crl.sh",
    summary: "The script that keeps a proxy's CRL file fresh: POSIX sh, curl or wget, openssl",
    responses: {
      200: { description: "The script.", content: { "text/x-shellscript": { schema: z.string() } } },
      304: { description: "Unchanged since the state that If-None-Match names." },
    },
  }),
  createRoute({
    ...open,
    operationId: "getAllowlistScript",
    path: "/countersign-fetch-allowlist.sh",
    summary: "The script that keeps a proxy's allowlist fresh: POSIX sh, curl, openssl, flock",
    responses: {
      200: { description: "The script.", content: { "text/x-shellscript": { schema: z.string() } } },
      304: { description: "Unchanged since the state that If-None-Match names." },
    },
  }),
  createRoute({
    ...open,
    operationId: "getShippingScript",
    path: "/countersign-ship-logs.sh",
    summary: "The script that sends a proxy's logs: POSIX sh, curl, flock",
    responses: {
      200: { description: "The script.", content: { "text/x-shellscript": { schema: z.string() } } },
      304: { description: "Unchanged since the state that If-None-Match names." },
    },
  }),
  createRoute({
    ...open,
    operationId: "getLiveness",
    path: "/healthz",
    summary: "Whether the process answers",
    responses: { 200: { description: "ok", content: { "text/plain": { schema: z.string() } } } },
  }),
  createRoute({
    ...open,
    operationId: "getDecisionLiveness",
    path: "/healthz/decisions",
    summary: "Whether the process answers who may enter, also while it is without its database",
    responses: {
      200: { description: "ok", content: { "text/plain": { schema: z.string() } } },
      503: {
        description: "Clients and services were not read yet.",
        content: { "text/plain": { schema: z.string() } },
      },
    },
  }),
  createRoute({
    ...open,
    operationId: "getReadiness",
    path: "/readyz",
    summary: "Whether it can do its work, with reasons",
    responses: {
      200: { description: "Ready.", content: { "application/json": { schema: readiness } } },
      503: { description: "Not ready.", content: { "application/json": { schema: readiness } } },
    },
  }),
  createRoute({
    ...open,
    operationId: "getMetrics",
    path: "/metrics",
    summary: "Figures for Prometheus",
    responses: { 200: { description: "The figures.", content: { "text/plain": { schema: z.string() } } } },
  }),
];

/** Adds them to the description of the interface. */
export function describePublished(application: ProtocolApplication): void {
  for (const route of DESCRIPTIONS) application.openAPIRegistry.registerPath(route);
}
