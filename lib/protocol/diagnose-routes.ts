import { createRoute, z } from "@hono/zod-openapi";
import { authorize } from "#lib/authorization/authorize.ts";
import { type DiagnosedLines, diagnoseLines } from "#lib/handshake/diagnose-lines.ts";
import { readDiagnosedBody } from "#lib/handshake/diagnosed-body.ts";
import {
  DIAGNOSED_BYTES_MAX,
  DIAGNOSED_LINES_MAX,
  DIAGNOSED_UNPACKED_MAX,
} from "#lib/handshake/diagnosed-bounds.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { answers } from "#lib/protocol/described-json.ts";
import { diagnosesSchema, diagnosisJson } from "#lib/protocol/diagnose-schemas.ts";
import { lineBodySchema, refusedLines } from "#lib/protocol/line-body.ts";
import { readBody } from "#lib/protocol/request-body.ts";

const COUNTS_HEADER = "X-Countersign-Lines";
const MISFIT_HEADER = "X-Countersign-Recognized";

const diagnoseRoute = createRoute({
  method: "post",
  operationId: "diagnoseLines",
  path: "/v1/diagnose/{proxy}",
  summary: "Say why the handshakes failed that log lines tell of",
  description: `The body is the lines: text, a JSON value on each line, or a JSON array, with the events that Vector and Fluent Bit send; gzip too. At most ${DIAGNOSED_LINES_MAX} lines and ${DIAGNOSED_UNPACKED_MAX / 1024 / 1024} MB unpacked; longer lines are cut. Lines of one handshake are taken together. Nothing is stored. Needs the scope failure:read.`,
  request: {
    params: z.object({
      proxy: z.string().openapi({
        description:
          "Short name of a proxy; or auto, by which each line is recognised; or software: nginx, nginx-stream, haproxy, apache, caddy, traefik, envoy, stunnel.",
      }),
    }),
    query: z.object({
      bundle: z.string().optional().openapi({
        description:
          "Short name of the trust bundle that the proxy loads; else the one that was said of it. Causes are more certain then.",
      }),
    }),
    body: lineBodySchema,
  },
  responses: {
    200: {
      ...answers(
        "In the order of their first lines; those that went well have the cause none.",
        diagnosesSchema,
      ),
      headers: z.object({
        [COUNTS_HEADER]: z.string().openapi({
          description: "How many lines were taken, matched, ignored, not understood, and cut.",
          example: "taken=9, matched=6, ignored=2, not-understood=1, cut=0",
        }),
        [MISFIT_HEADER]: z.string().optional().openapi({
          description: "Whose lines they clearly are, when they are not those of the proxy that was named.",
        }),
      }),
    },
    ...PROBLEM_RESPONSES,
  },
});

/** POST /v1/diagnose/{proxy}. */
export function diagnoseRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  // Described for readers, but read here: in bounds, and whatever it is called.
  application.openAPIRegistry.registerPath(diagnoseRoute);
  application.post("/v1/diagnose/:proxy", async (c) => {
    const actor = c.get("actor");
    authorize(actor, "failure:read"); // before a byte of the body is read
    const contentType = c.req.header("content-type");
    const refused = refusedLines(c);
    if (refused !== null) return refused;
    const body = await readBody(c.env.incoming, DIAGNOSED_BYTES_MAX);
    const contentEncoding = c.req.header("content-encoding");
    const { lines, cut } = await readDiagnosedBody(body, { contentType, contentEncoding });
    const diagnosed = await diagnoseLines(installation, actor, lines, {
      proxy: c.req.param("proxy"),
      bundle: c.req.query("bundle"),
    });
    return c.json(diagnosed.handshakes.map(diagnosisJson), 200, headersOf(diagnosed, cut));
  });
}

function headersOf({ counts, misfit }: DiagnosedLines, cut: number): Record<string, string> {
  const { taken, matched, ignored, notUnderstood } = counts;
  return {
    "Cache-Control": "no-store",
    [COUNTS_HEADER]: `taken=${taken}, matched=${matched}, ignored=${ignored}, not-understood=${notUnderstood}, cut=${cut}`,
    ...(misfit === null ? {} : { [MISFIT_HEADER]: misfit }),
  };
}
