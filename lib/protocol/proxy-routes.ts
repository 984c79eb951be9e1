import { createRoute, z } from "@hono/zod-openapi";
import { getProxy, listProxies } from "#lib/access/proxy-read.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { answers, described, givenReference, pageParameters, time } from "#lib/protocol/described-json.ts";

const named = z.object({ id: z.string(), slug: z.string(), name: z.string() });

const proxySchema = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    kind: z.string(),
    header: z.string().openapi({ description: "In which it passes certificates on." }),
    tokenPrefix: z.string(),
    certificateSha256: z.string().nullable(),
    bundle: z.string().openapi({
      description: "Short name of the trust bundle that it loads; empty when nobody said.",
    }),
    software: z.string().openapi({ description: "Version of its software; empty when nobody said." }),
    status: z.enum(["active", "retired"]),
    createdAt: time,
    createdBy: z.string(),
    version: z.int(),
    lastSeenAt: time.nullable(),
    lastSeenFrom: z.string().nullable(),
    services: z.array(named),
    addresses: z
      .array(z.object({ address: z.string(), firstSeenAt: time, lastSeenAt: time }))
      .openapi({ description: "Whence it asked in the last 24 hours." }),
    files: z
      .array(
        z.object({
          service: named,
          format: z.string(),
          newestVersion: z.int(),
          fetchedVersion: z.int(),
          fetchedAt: time,
          liveVersion: z.int().nullable(),
          liveAt: time.nullable(),
        }),
      )
      .openapi({ description: "How far its allowlists have come: made, fetched, in use." }),
  })
  .openapi("Proxy");

const page = z.object({ proxies: z.array(proxySchema), next: z.string().nullable() });

const listRoute = createRoute({
  method: "get",
  operationId: "listProxies",
  path: "/v1/proxies",
  summary: "List proxies by short name",
  description: "Needs the scope client:read.",
  request: {
    query: z.object({
      retired: z.enum(["true", "false"], { error: "must be true or false" }).optional().openapi({
        description: "Those that are retired in place of those that are not.",
      }),
      ...pageParameters(200),
    }),
  },
  responses: { 200: answers("A page.", page), ...PROBLEM_RESPONSES },
});

const getRoute = createRoute({
  method: "get",
  operationId: "getProxy",
  path: "/v1/proxies/{proxy}",
  summary: "Read a proxy with the versions of its allowlists",
  description: "Never its token. Needs the scope client:read.",
  request: { params: z.object({ proxy: givenReference.openapi({ description: "Short name." }) }) },
  responses: { 200: answers("The proxy.", proxySchema), ...PROBLEM_RESPONSES },
});

/** /v1/proxies. */
export function proxyRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const { retired, ...listing } = c.req.valid("query");
    const found = await listProxies(installation, c.get("actor"), {
      ...listing,
      retired: retired === "true",
    });
    return c.json(described(page, found), 200);
  });

  application.openapi(getRoute, async (c) => {
    const found = await getProxy(installation, c.get("actor"), c.req.valid("param").proxy);
    return c.json(described(proxySchema, found), 200);
  });
}
