import { createRoute, z } from "@hono/zod-openapi";
import type { AskingProxies } from "#lib/access/asking-proxies.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { passingBatchId } from "#lib/handshake/handshake-batch.ts";
import { BATCH_ID_MAX, type Ingest } from "#lib/handshake/ingest.ts";
import type { ProtocolApplication } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { lineBodySchema, refusedLines } from "#lib/protocol/line-body.ts";
import { readBody } from "#lib/protocol/request-body.ts";

/** As it comes, packed or not. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** Bodies that are read at once: each is held whole. */
const READING_MAX = 24;
/** And of one proxy, so that one which sends slowly leaves room to the others. */
const READING_OF_ONE_MAX = 4;

const BATCH_HEADER = "X-Countersign-Batch";

const count = z.int().min(0);

const answerSchema = z
  .object({
    taken: count.openapi({ description: "Lines." }),
    matched: count.openapi({ description: "Those that say something of a handshake." }),
    ignored: count.openapi({ description: "Those of a proxy about something else." }),
    notUnderstood: count.openapi({ description: "The last ones of each proxy are shown in the console." }),
    cut: count.openapi({ description: "Those that were longer than what is read of a line." }),
    repeated: z
      .boolean()
      .openapi({ description: "The batch had been taken before; the counts are of then." }),
    recognized: z
      .string()
      .nullable()
      .openapi({ description: "Whose lines they clearly are, when they are not those of this proxy." }),
  })
  .openapi("IngestedLines");

const ingestRoute = createRoute({
  method: "post",
  operationId: "ingestLines",
  path: "/v1/ingest/{proxy}",
  summary: "Take in the log lines of a proxy",
  description: `The body is the lines: text, a JSON value on each line, or a JSON array, with the events that Vector and Fluent Bit send; gzip too. At most ${BODY_BYTES_MAX / 1024 / 1024} MB as it comes. The answer says that all of it is stored; without one, send the same again under the same ${BATCH_HEADER}: then no line counts twice. 429 and 503 say when, in Retry-After. For the proxy itself, with its token or certificate.`,
  security: [{ proxy: [] }],
  request: {
    params: z.object({
      proxy: z.string().openapi({ description: "Short name or id of the proxy that asks." }),
    }),
    headers: z.object({
      [BATCH_HEADER]: z
        .string()
        .optional()
        .openapi({
          description: `Any name of this batch, at most ${BATCH_ID_MAX} characters of ASCII. Without it each request counts by itself.`,
        }),
    }),
    body: lineBodySchema,
  },
  responses: {
    200: {
      description: "It is stored.",
      content: { "application/json": { schema: answerSchema } },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** POST /v1/ingest/{proxy}. */
export function ingestRoutes(
  application: ProtocolApplication,
  proxies: Pick<AskingProxies, "find">,
  ingest: Pick<Ingest, "take">,
): void {
  const reading = new Map<string, number>();
  let readingAll = 0;
  // Described for readers, but read here: in bounds, and whatever it is called.
  application.openAPIRegistry.registerPath(ingestRoute);
  application.post("/v1/ingest/:proxy", async (c) => {
    const { incoming } = c.env;
    const proxy = await proxies.find(incoming);
    if (proxy === null) {
      throw new DomainError("unauthenticated", "Send the token of a proxy, or its certificate.");
    }
    const named = c.req.param("proxy");
    if (named !== proxy.slug && named !== proxy.id) {
      throw new DomainError("forbidden", `This token is that of the proxy ${proxy.slug}.`);
    }
    const refused = refusedLines(c);
    if (refused !== null) return refused;
    const batchId = batchIdOf(c.req.header(BATCH_HEADER));
    const own = reading.get(proxy.id) ?? 0;
    if (readingAll >= READING_MAX || own >= READING_OF_ONE_MAX) {
      incoming.resume();
      throw new DomainError("rateLimited", "More is being sent than is read at once; wait for an answer.");
    }
    reading.set(proxy.id, own + 1);
    readingAll++;
    let body: Uint8Array;
    try {
      body = await readBody(incoming, BODY_BYTES_MAX);
    } finally {
      readingAll--;
      const left = (reading.get(proxy.id) ?? 1) - 1;
      if (left === 0) reading.delete(proxy.id);
      else reading.set(proxy.id, left);
    }
    const { misfit, ...answer } = await ingest.take({
      ...{ proxyId: proxy.id, batchId, body },
      contentType: c.req.header("content-type"),
      contentEncoding: c.req.header("content-encoding"),
    });
    return c.json({ ...answer, recognized: misfit }, 200, { "Cache-Control": "no-store" });
  });
}

/** @throws DomainError `malformed` */
function batchIdOf(header: string | undefined): string {
  if (header === undefined) return passingBatchId();
  if (!/^[\x21-\x7e]+$/.test(header) || header.length > BATCH_ID_MAX) {
    throw malformed(
      BATCH_HEADER,
      "ingest.batch",
      `The name of a batch has 1 to ${BATCH_ID_MAX} characters of ASCII, without spaces.`,
    );
  }
  return header;
}
