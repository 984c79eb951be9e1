import { createRoute, z } from "@hono/zod-openapi";
import { CLIENT_STATES } from "#lib/access/client-state.ts";
import { OBSTACLES } from "#lib/access/reach-obstacle.ts";
import { getService, listServices, SERVICE_COUNT_MAX } from "#lib/access/service-read.ts";
import { whoCanReach } from "#lib/access/who-can-reach.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { answers, described, givenReference, pageParameters, time } from "#lib/protocol/described-json.ts";

const count = z.int().openapi({ description: `${SERVICE_COUNT_MAX + 1} stands for more.` });

const listedSchema = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    notes: z.string(),
    hostNames: z.array(z.string()),
    minimumStrength: z.int().openapi({ description: "Bits (NIST SP 800-57); 0 for any key." }),
    authorities: z.array(z.string()).openapi({ description: "Ids; none for all that are known." }),
    unknownClients: z.enum(["refuse", "learn"]),
    failsOpen: z.boolean(),
    status: z.enum(["active", "retired"]),
    createdAt: time,
    version: z.int(),
    proxies: z.array(
      z.object({
        id: z.string(),
        slug: z.string(),
        name: z.string(),
        kind: z.string(),
        lastSeenAt: time.nullable(),
      }),
    ),
    clientsGranted: count,
    callersUnknown: count,
  })
  .openapi("ListedService");

const wholeSchema = listedSchema
  .extend({
    hours: z
      .array(z.object({ permitted: z.int(), refused: z.int() }))
      .openapi({ description: "Requests in each of the last 36 hours, the oldest first." }),
    allowlists: z.array(
      z.object({
        format: z.string(),
        version: z.int(),
        sha256: z.string(),
        admitted: z.int(),
        unexpressed: z.int().openapi({ description: "Grants that the format cannot express: denied." }),
        madeAt: time,
      }),
    ),
  })
  .openapi("Service");

const page = z.object({ services: z.array(listedSchema), next: z.string().nullable() });

const flag = z.enum(["true", "false"], { error: "must be true or false" }).optional();

const listRoute = createRoute({
  method: "get",
  operationId: "listServices",
  path: "/v1/services",
  summary: "List services by short name",
  description: "Needs the scope client:read.",
  request: {
    query: z.object({
      retired: flag.openapi({ description: "Those that are retired in place of those that are not." }),
      ...pageParameters(200),
    }),
  },
  responses: { 200: answers("A page.", page), ...PROBLEM_RESPONSES },
});

const params = z.object({ service: givenReference.openapi({ description: "Short name." }) });

const getRoute = createRoute({
  method: "get",
  operationId: "getService",
  path: "/v1/services/{service}",
  summary: "Read a service with its use and its allowlists",
  description: "Needs the scope client:read.",
  request: { params },
  responses: { 200: answers("The service.", wholeSchema), ...PROBLEM_RESPONSES },
});

const reachSchema = z
  .object({
    clients: z.array(
      z.object({
        client: z.object({
          id: z.string(),
          name: z.string(),
          environment: z.string(),
          owner: z.string(),
          state: z.enum(CLIENT_STATES),
        }),
        grants: z.array(
          z.object({
            id: z.string(),
            paths: z.array(z.string()),
            methods: z.array(z.string()),
            startsAt: time,
            endsAt: time.nullable(),
          }),
        ),
        obstacle: z
          .enum(OBSTACLES)
          .nullable()
          .openapi({ description: "Why it is refused all the same; null when it may enter." }),
        lastUsedAt: time.nullable(),
      }),
    ),
    next: z.string().nullable(),
  })
  .openapi("ServiceReach");

const reachRoute = createRoute({
  method: "get",
  operationId: "whoCanReachService",
  path: "/v1/services/{service}/clients",
  summary: "Who can reach a service now, the oldest client first",
  description: "Clients with a grant that holds. Needs the scope client:read.",
  request: { params, query: z.object(pageParameters(200)) },
  responses: { 200: answers("A page.", reachSchema), ...PROBLEM_RESPONSES },
});

/** /v1/services. */
export function serviceRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const { retired, ...listing } = c.req.valid("query");
    const found = await listServices(installation, c.get("actor"), {
      ...listing,
      retired: retired === "true",
    });
    return c.json(described(page, found), 200);
  });

  application.openapi(getRoute, async (c) => {
    const found = await getService(installation, c.get("actor"), c.req.valid("param").service);
    return c.json(described(wholeSchema, found), 200);
  });

  application.openapi(reachRoute, async (c) => {
    const { service } = c.req.valid("param");
    const found = await whoCanReach(installation, c.get("actor"), service, c.req.valid("query"));
    return c.json(described(reachSchema, found), 200);
  });
}
