import { createRoute, z } from "@hono/zod-openapi";
import { getProfile, listProfiles, type ProfileView } from "#lib/authority/profile-read.ts";
import { profileRulesSchema } from "#lib/authority/profile-rules.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";

const profileSchema = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    status: z.enum(["active", "retired"]),
    authority: z.string().openapi({ description: "Short name of the issuing authority." }),
    rules: profileRulesSchema,
  })
  .openapi("Profile");

const listRoute = createRoute({
  method: "get",
  operationId: "listProfiles",
  path: "/v1/profiles",
  summary: "List certificate profiles",
  responses: {
    200: {
      description: "All profiles.",
      content: { "application/json": { schema: z.object({ profiles: z.array(profileSchema) }) } },
    },
    ...PROBLEM_RESPONSES,
  },
});

const getRoute = createRoute({
  method: "get",
  operationId: "getProfile",
  path: "/v1/profiles/{profile}",
  summary: "One profile by id or short name",
  request: { params: z.object({ profile: z.string() }) },
  responses: {
    200: { description: "The profile.", content: { "application/json": { schema: profileSchema } } },
    ...PROBLEM_RESPONSES,
  },
});

/** /v1/profiles. */
export function profileRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const profiles = await listProfiles(installation, c.get("actor"));
    return c.json({ profiles: profiles.map(profileJson) }, 200);
  });
  application.openapi(getRoute, async (c) =>
    c.json(profileJson(await getProfile(installation, c.get("actor"), c.req.valid("param").profile)), 200),
  );
}

function profileJson(view: ProfileView): z.input<typeof profileSchema> {
  return {
    id: view.id,
    slug: view.slug,
    name: view.name,
    description: view.description,
    status: view.status,
    authority: view.authority.slug,
    rules: view.rules,
  };
}
