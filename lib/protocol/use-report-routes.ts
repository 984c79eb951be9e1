import { createRoute, z } from "@hono/zod-openapi";
import type { Allowlists } from "#lib/access/allowlist/allowlists.ts";
import { REPORTED_MAX, reportUse, useReportSchema } from "#lib/access/use-report.ts";
import type { UseTally } from "#lib/access/use-tally.ts";
import { serviceOfProxy } from "#lib/protocol/allowlist-routes.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { jsonOf, readBody } from "#lib/protocol/request-body.ts";

const useRoute = createRoute({
  method: "post",
  operationId: "reportUse",
  path: "/v1/services/{service}/use",
  summary: "Report whom a proxy that decides itself let in, and how often",
  description: `So that clients behind it are not taken for unused. At most ${REPORTED_MAX} clients at once; what came since the last report, each counted in the hour of lastAt (at most 7 days ago). A report without uses says that there were none: send one every hour. For proxies of the service, with their token or certificate.`,
  security: [{ proxy: [] }],
  request: {
    params: z.object({ service: z.string().openapi({ description: "Short name." }) }),
    body: { required: true, content: { "application/json": { schema: useReportSchema } } },
  },
  responses: {
    200: {
      description: "It is counted, and written within seconds.",
      content: {
        "application/json": {
          schema: z.object({
            counted: z.int().openapi({ description: "Clients." }),
            unknown: z
              .array(z.string())
              .openapi({ description: "Ids to which nothing of the service was ever granted." }),
          }),
        },
      },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** Use that proxies report which decide themselves. */
export function reportedUseRoutes(
  application: ProtocolApplication,
  { installation }: ProtocolContext,
  allowlists: Allowlists,
  tally: Pick<UseTally, "report">,
): void {
  application.openAPIRegistry.registerPath(useRoute);
  application.post("/v1/services/:service/use", async (c) => {
    const proxy = await allowlists.proxies.find(c.env.incoming);
    const place = serviceOfProxy(allowlists.access, proxy, c.req.param("service"));
    const body = jsonOf(await readBody(c.env.incoming));
    return c.json(await reportUse(installation, tally, place, body));
  });
}
