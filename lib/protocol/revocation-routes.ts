import { createRoute, z } from "@hono/zod-openapi";
import { listRevocations, REVOCATIONS_MAX } from "#lib/authority/revocation-list.ts";
import {
  holdCertificate,
  type RevocationOutcome,
  releaseCertificate,
  revokeCertificate,
} from "#lib/authority/revoke.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { parsed } from "#lib/parse.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { jsonOf, readBody } from "#lib/protocol/request-body.ts";
import {
  holdSchema,
  listedRevocationJson,
  listedRevocationSchema,
  revocationAnswerSchema,
  revocationJson,
  revokeSchema,
} from "#lib/protocol/revocation-schemas.ts";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";

const request = (schema: z.ZodType, required: boolean) => ({
  params: z.object({ certificate: z.string() }),
  body: { required, content: { "application/json": { schema } } },
});

const responses = {
  200: {
    description: "What is said of it now.",
    content: { "application/json": { schema: revocationAnswerSchema } },
  },
  ...PROBLEM_RESPONSES,
};

const revokeRoute = createRoute({
  method: "post",
  operationId: "revokeCertificate",
  path: "/v1/certificates/{certificate}/revoke",
  summary: "Revoke a certificate for good",
  description:
    "By id, serial number or SHA-256 fingerprint. OCSP says it at once, the CRL of its issuer within seconds. A certificate on hold is revoked from now on. 409 when it is revoked already. Needs the scope certificate:revoke.",
  request: request(revokeSchema, true),
  responses,
});

const holdRoute = createRoute({
  method: "post",
  operationId: "holdCertificate",
  path: "/v1/certificates/{certificate}/hold",
  summary: "Hold a certificate that is suspected",
  description:
    "It is refused like a revoked one (certificateHold) until it is released or revoked. Needs the scope certificate:hold.",
  request: request(holdSchema, false),
  responses,
});

const releaseRoute = createRoute({
  method: "post",
  operationId: "releaseCertificate",
  path: "/v1/certificates/{certificate}/release",
  summary: "Release a certificate from its hold",
  description: "It is good again. Needs the scope certificate:hold.",
  request: request(holdSchema, false),
  responses,
});

const LIMIT_ERROR = `must be a whole number from 1 to ${REVOCATIONS_MAX}`;
const REASONS = Object.keys(REVOCATION_REASONS) as [RevocationReason, ...RevocationReason[]];

const listRoute = createRoute({
  method: "get",
  operationId: "listRevocations",
  path: "/v1/revocations",
  summary: "List revocations and holds, the newest first",
  description:
    "Those that other authorities' CRLs tell of are among them; what was released is not. Needs the scope certificate:read.",
  request: {
    query: z.object({
      authority: z.string().optional().openapi({ description: "Short name or id." }),
      reason: z.enum(REASONS, { error: `must be one of ${REASONS.join(", ")}` }).optional(),
      limit: z.coerce
        .number({ error: LIMIT_ERROR })
        .int({ error: LIMIT_ERROR })
        .min(1, { error: LIMIT_ERROR })
        .max(REVOCATIONS_MAX, { error: LIMIT_ERROR })
        .optional(),
      after: z.string().optional().openapi({ description: "`next` of the page before." }),
    }),
  },
  responses: {
    200: {
      description: "A page.",
      content: {
        "application/json": {
          schema: z.object({
            revocations: z.array(listedRevocationSchema),
            next: z.string().nullable(),
          }),
        },
      },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** Revoking, holding and releasing, and what is revoked, under /v1. */
export function revocationRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  // Described for readers, but parsed here: a body is read in bounds, and only of those who may send one.
  application.openAPIRegistry.registerPath(revokeRoute);
  application.post("/v1/certificates/:certificate/revoke", async (c) => {
    const actor = c.get("actor");
    authorize(actor, "certificate:revoke");
    const { invalidAt, ...wanted } = parsed(revokeSchema, jsonOf(await readBody(c.env.incoming)));
    const reference = c.req.param("certificate");
    const outcome = await revokeCertificate(installation, actor, reference, {
      ...wanted,
      ...(invalidAt === undefined ? {} : { invalidAt: new Date(invalidAt) }),
    });
    return c.json(outcomeJson(outcome), 200);
  });

  application.openAPIRegistry.registerPath(holdRoute);
  application.post("/v1/certificates/:certificate/hold", async (c) => {
    const actor = c.get("actor");
    authorize(actor, "certificate:hold");
    const wanted = bodyOf(await readBody(c.env.incoming));
    const reference = c.req.param("certificate");
    const outcome = await holdCertificate(installation, actor, reference, wanted);
    return c.json(outcomeJson(outcome), 200);
  });

  application.openAPIRegistry.registerPath(releaseRoute);
  application.post("/v1/certificates/:certificate/release", async (c) => {
    const actor = c.get("actor");
    authorize(actor, "certificate:hold");
    const wanted = bodyOf(await readBody(c.env.incoming));
    const reference = c.req.param("certificate");
    const outcome = await releaseCertificate(installation, actor, reference, wanted);
    return c.json(outcomeJson(outcome), 200);
  });

  application.openapi(listRoute, async (c) => {
    const { revocations, next } = await listRevocations(installation, c.get("actor"), c.req.valid("query"));
    return c.json({ revocations: revocations.map(listedRevocationJson), next }, 200);
  });
}

/** A comment is all there is to say, and nobody has to. */
function bodyOf(body: Buffer): z.output<typeof holdSchema> {
  return parsed(holdSchema, body.length === 0 ? {} : jsonOf(body));
}

function outcomeJson({ id, revocation }: RevocationOutcome): z.input<typeof revocationAnswerSchema> {
  return { id, revocation: revocation === null ? null : revocationJson(revocation) };
}
