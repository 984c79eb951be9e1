import { createRoute, z } from "@hono/zod-openapi";
import { type AuthorityView, getAuthority, listAuthorities } from "#lib/authority/authority-read.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";

const authoritySchema = z
  .object({
    id: z.string(),
    slug: z.string().openapi({ description: "The path segment in /ca/{slug}.crt and /trust/{slug}.pem." }),
    name: z.string(),
    kind: z.enum(["root", "intermediate"]),
    parentId: z.string().nullable(),
    status: z.enum(["active", "retired"]),
    purposes: z.array(z.enum(["server", "client"])),
    keyAlgorithm: z.string(),
    subject: z.string(),
    serial: z.string(),
    sha256: z.string(),
    notBefore: z.iso.datetime(),
    notAfter: z.iso.datetime(),
  })
  .openapi("Authority");

const listRoute = createRoute({
  method: "get",
  operationId: "listAuthorities",
  path: "/v1/authorities",
  summary: "List authorities, roots first",
  responses: {
    200: {
      description: "All authorities.",
      content: { "application/json": { schema: z.object({ authorities: z.array(authoritySchema) }) } },
    },
    ...PROBLEM_RESPONSES,
  },
});

const getRoute = createRoute({
  method: "get",
  operationId: "getAuthority",
  path: "/v1/authorities/{authority}",
  summary: "One authority by id or short name",
  request: { params: z.object({ authority: z.string() }) },
  responses: {
    200: { description: "The authority.", content: { "application/json": { schema: authoritySchema } } },
    ...PROBLEM_RESPONSES,
  },
});

/** /v1/authorities. */
export function authorityRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const authorities = await listAuthorities(installation, c.get("actor"));
    return c.json({ authorities: authorities.map(authorityJson) }, 200);
  });
  application.openapi(getRoute, async (c) =>
    c.json(
      authorityJson(await getAuthority(installation, c.get("actor"), c.req.valid("param").authority)),
      200,
    ),
  );
}

function authorityJson(view: AuthorityView): z.input<typeof authoritySchema> {
  return {
    id: view.id,
    slug: view.slug,
    name: view.name,
    kind: view.kind,
    parentId: view.parentId,
    status: view.status,
    purposes: view.purposes,
    keyAlgorithm: view.keyAlgorithm,
    subject: view.subject,
    serial: view.serial,
    sha256: view.sha256,
    notBefore: view.notBefore.toISOString(),
    notAfter: view.notAfter.toISOString(),
  };
}
