import { createRoute, z } from "@hono/zod-openapi";
import {
  AUTOMATIC_BUNDLES,
  automaticBundleMembers,
  automaticBundles,
  isAutomaticBundle,
} from "#lib/authority/automatic-bundles.ts";
import type { BundleMember } from "#lib/inventory/bundle-members.ts";
import { endsOf, getBundle, listBundles } from "#lib/inventory/trust-bundle-read.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";

const bundleSchema = z
  .object({
    slug: z.string().openapi({ description: "The path segment in /trust/{slug}.pem." }),
    name: z.string(),
    description: z.string(),
    automatic: z.boolean().openapi({ description: "Keeps itself; the others are changed in the console." }),
    certificates: z.int(),
    changedAt: z.iso.datetime().nullable(),
  })
  .openapi("TrustBundle");

const memberSchema = z
  .object({
    id: z.string().nullable().openapi({ description: "Null for one that is not in the inventory." }),
    name: z.string(),
    subject: z.string(),
    sha256: z.string(),
    notBefore: z.iso.datetime(),
    notAfter: z.iso.datetime(),
    root: z.boolean(),
    authority: z.string().nullable().openapi({ description: "Short name, when it is one of ours." }),
  })
  .openapi("TrustBundleMember");

const listRoute = createRoute({
  method: "get",
  operationId: "listTrustBundles",
  path: "/v1/bundles",
  summary: "List trust bundles, those that keep themselves first",
  description: "Needs the scope authority:read. What relying parties load is at /trust/{bundle}.pem.",
  responses: {
    200: {
      description: "All trust bundles.",
      content: { "application/json": { schema: z.object({ bundles: z.array(bundleSchema) }) } },
    },
    ...PROBLEM_RESPONSES,
  },
});

const getRoute = createRoute({
  method: "get",
  operationId: "describeTrustBundle",
  path: "/v1/bundles/{bundle}",
  summary: "One trust bundle by id or short name, with its certificates",
  request: { params: z.object({ bundle: z.string() }) },
  responses: {
    200: {
      description: "The trust bundle.",
      content: {
        "application/json": { schema: bundleSchema.extend({ members: z.array(memberSchema) }) },
      },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** /v1/bundles. */
export function bundleRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const actor = c.get("actor");
    const automatic = (await automaticBundles(installation, actor)).map(({ ends, ...bundle }) => ({
      ...bundle,
      ...endsOf(ends, installation.clock.now()),
      changedAt: null,
    }));
    const made = await listBundles(installation, actor);
    return c.json({ bundles: [...automatic, ...made].map(bundleJson) }, 200);
  });

  application.openapi(getRoute, async (c) => {
    const [actor, { bundle: asked }] = [c.get("actor"), c.req.valid("param")];
    const bundle = isAutomaticBundle(asked)
      ? {
          slug: asked,
          ...AUTOMATIC_BUNDLES[asked],
          changedAt: null,
          members: await automaticBundleMembers(installation, actor, asked),
        }
      : await getBundle(installation, actor, asked);
    return c.json(
      {
        ...bundleJson({ ...bundle, members: bundle.members.length }),
        members: bundle.members.map(memberJson),
      },
      200,
    );
  });
}

function bundleJson(bundle: {
  slug: string;
  name: string;
  description: string;
  members: number;
  changedAt: Date | null;
}): z.input<typeof bundleSchema> {
  return {
    slug: bundle.slug,
    name: bundle.name,
    description: bundle.description,
    automatic: isAutomaticBundle(bundle.slug),
    certificates: bundle.members,
    changedAt: bundle.changedAt?.toISOString() ?? null,
  };
}

function memberJson(member: BundleMember): z.input<typeof memberSchema> {
  return {
    id: member.id,
    name: member.name,
    subject: member.subject,
    sha256: member.sha256,
    notBefore: member.notBefore.toISOString(),
    notAfter: member.notAfter.toISOString(),
    root: member.isRoot,
    authority: member.authority?.slug ?? null,
  };
}
