import { createRoute, z } from "@hono/zod-openapi";
import { authorize } from "#lib/authorization/authorize.ts";
import { annotateCertificate } from "#lib/inventory/annotate-certificate.ts";
import { parsed } from "#lib/parse.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { annotatedSchema, annotationSchema, PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { jsonOf, readBody } from "#lib/protocol/request-body.ts";

const annotateRoute = createRoute({
  method: "patch",
  operationId: "annotateCertificate",
  path: "/v1/certificates/{certificate}",
  summary: "Change owner, tags and notes of a certificate",
  description:
    "By id, serial number or SHA-256 fingerprint. All of it is changed, or nothing when a part is refused. Needs the scope certificate:annotate.",
  request: {
    params: z.object({ certificate: z.string() }),
    body: { required: true, content: { "application/json": { schema: annotationSchema } } },
  },
  responses: {
    200: {
      description: "What is said of it now.",
      content: { "application/json": { schema: annotatedSchema } },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** What people say of certificates, under /v1. */
export function annotateRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  // Described for readers, but parsed here: a body is read in bounds, and only of those who may send one.
  application.openAPIRegistry.registerPath(annotateRoute);
  application.patch("/v1/certificates/:certificate", async (c) => {
    authorize(c.get("actor"), "certificate:annotate");
    const change = parsed(annotationSchema, jsonOf(await readBody(c.env.incoming)));
    const reference = c.req.param("certificate");
    return c.json(await annotateCertificate(installation, c.get("actor"), reference, change), 200);
  });
}
