import { createRoute, z } from "@hono/zod-openapi";
import { admitCaller, dismissCaller } from "#lib/access/caller-admit.ts";
import { listCallers } from "#lib/access/caller-read.ts";
import { CREDENTIAL_KINDS } from "#lib/access/decide/snapshot.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { changeRoute } from "#lib/protocol/change-route.ts";
import { answers, described, givenReference, pageParameters, time } from "#lib/protocol/described-json.ts";

const callerSchema = z
  .object({
    sha256: z.string().openapi({ description: "Of its certificate; with the service it names the caller." }),
    service: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
    proxy: z.object({ slug: z.string(), name: z.string() }).nullable(),
    displayName: z.string(),
    subject: z.string(),
    issuerName: z.string(),
    issuer: z.object({ id: z.string(), name: z.string() }).nullable().openapi({
      description: "The authority known here that signed it; null for a stranger's.",
    }),
    names: z.array(z.object({ type: z.enum(["uri", "dns", "commonName"]), value: z.string() })),
    keySha256: z.string(),
    notBefore: time,
    notAfter: time,
    reason: z.string(),
    firstSeenAt: time,
    lastSeenAt: time,
    count: z.int(),
    client: z.object({ id: z.string(), name: z.string() }).nullable().openapi({
      description: "Whom its certificate proves now: then it lacks the service only.",
    }),
  })
  .openapi("Caller");

const page = z.object({ callers: z.array(callerSchema), next: z.string().nullable() });

const listRoute = createRoute({
  method: "get",
  operationId: "listCallers",
  path: "/v1/callers",
  summary: "List callers that nobody has admitted, those seen last first",
  description: "Needs the scope client:read.",
  request: {
    query: z.object({
      service: givenReference.optional().openapi({ description: "Short name." }),
      ...pageParameters(100),
    }),
  },
  responses: { 200: answers("A page.", page), ...PROBLEM_RESPONSES },
});

const caller = { sha256: givenReference, serviceId: givenReference };

const admitSchema = z
  .strictObject({
    ...caller,
    name: z.string().optional().openapi({
      description: "Of the client that is made; left out for a caller who is a client already.",
    }),
    environment: z.string().optional(),
    owner: z.string().optional(),
    by: z.enum(CREDENTIAL_KINDS).optional().openapi({
      description: "How it is recognised from now on; by its certificate when absent.",
    }),
  })
  .openapi("AdmitCallerRequest");

/** /v1/callers. */
export function callerRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const found = await listCallers(installation, c.get("actor"), c.req.valid("query"));
    return c.json(described(page, found), 200);
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/callers/admit", operationId: "admitCaller", scope: "client:manage" },
    summary: "Make a client of a caller, and grant it the service",
    description: "All of it or nothing.",
    ...{ body: admitSchema, status: 201, answer: z.object({ clientId: z.string() }) },
    work: async (actor, wanted) => ({ clientId: await admitCaller(installation, actor, wanted) }),
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/callers/dismiss", operationId: "dismissCaller", scope: "client:manage" },
    summary: "Forget a caller",
    description: "It is remembered again when it comes again.",
    ...{ body: z.strictObject(caller), status: 200, answer: z.object({ sha256: z.string() }) },
    async work(actor, wanted) {
      await dismissCaller(installation, actor, wanted);
      return { sha256: wanted.sha256 };
    },
  });
}
