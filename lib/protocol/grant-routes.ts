import { createRoute, z } from "@hono/zod-openapi";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { grantMatrix, MATRIX_SERVICES_MAX } from "#lib/access/grant-matrix.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { changeRoute } from "#lib/protocol/change-route.ts";
import { createGrantSchema, identified } from "#lib/protocol/client-schemas.ts";
import { answers, described, pageParameters, searched, time } from "#lib/protocol/described-json.ts";

const matrixSchema = z
  .object({
    services: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string() })),
    moreServices: z.int().openapi({ description: "Services that there are beside those." }),
    rows: z.array(
      z.object({
        client: z.object({ id: z.string(), name: z.string(), state: z.string() }),
        cells: z
          .record(
            z.string(),
            z.object({
              grantId: z.string(),
              state: z.enum(["live", "limited", "future"]).openapi({
                description: "limited: to some paths or methods.",
              }),
              endsAt: time.nullable(),
              grants: z.int(),
              lastUsedAt: time.nullable(),
            }),
          )
          .openapi({ description: "By id of the service: the widest of the client's grants for it." }),
      }),
    ),
    next: z.string().nullable(),
  })
  .openapi("GrantMatrix");

const matrixRoute = createRoute({
  method: "get",
  operationId: "readGrantMatrix",
  path: "/v1/grants/matrix",
  summary: "Who may call what: clients by services",
  description: "Clients by name, without those that are retired. Needs the scope client:read.",
  request: {
    query: z.object({
      search: searched.openapi({ description: "Part of the client's name." }),
      services: z
        .string()
        .regex(/^[a-z0-9-]+(,[a-z0-9-]+)*$/, { error: "are no short names with commas between them" })
        .max(4000, { error: "are too many" })
        .optional()
        .openapi({
          description: `Short names of services, with commas between them; the first ${MATRIX_SERVICES_MAX} when absent.`,
        }),
      ...pageParameters(200),
    }),
  },
  responses: { 200: answers("A page of clients.", matrixSchema), ...PROBLEM_RESPONSES },
});

/** /v1/grants. */
export function grantRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  changeRoute(application, {
    ...{ method: "post", path: "/v1/grants", operationId: "createGrant", scope: "client:manage" },
    summary: "Let a client call a service",
    description: "Everything there, or some paths and methods; from now on, or for some time.",
    ...{ body: createGrantSchema, status: 201, answer: identified },
    work: async (actor, wanted) => ({ id: await createGrant(installation, actor, wanted) }),
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/grants/{id}/end", operationId: "endGrant", scope: "client:manage" },
    summary: "Take a service from a client, at once",
    description: "409 when the grant has ended already.",
    ...{ body: null, status: 200, answer: identified },
    async work(actor, _, id) {
      await endGrant(installation, actor, id);
      return { id };
    },
  });

  application.openapi(matrixRoute, async (c) => {
    const { services, ...listing } = c.req.valid("query");
    const found = await grantMatrix(installation, c.get("actor"), {
      ...listing,
      ...(services === undefined ? {} : { services: services.split(",") }),
    });
    return c.json(described(matrixSchema, found), 200);
  });
}
