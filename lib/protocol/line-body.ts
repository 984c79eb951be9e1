import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ProtocolEnvironment } from "#lib/protocol/application.ts";
import { edgeProblem } from "#lib/protocol/edge-problem.ts";

/** Bodies of log lines, as endpoints describe and refuse them. */

/** How the description of the API says what a body of log lines is. */
export const lineBodySchema = {
  required: true,
  content: {
    "text/plain": { schema: z.string() },
    "application/x-ndjson": { schema: z.string() },
    "application/json": { schema: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])) },
  },
};

/** Forms of a browser, and what Fluent Bit sends unless it is told otherwise. */
const NOT_READ = /^(?:multipart\/|application\/(?:x-)?msgpack\b)/i;

/** The answer to a body that is no lines, before a byte of it is read; null when it may be read. */
export function refusedLines(c: Context<ProtocolEnvironment>): Response | null {
  if (!NOT_READ.test(c.req.header("content-type") ?? "")) return null;
  c.env.incoming.resume();
  const detail = "Send lines as text or JSON; Fluent Bit does so with Format json.";
  return edgeProblem("unsupportedMediaType", detail, c.get("requestId"), {
    Accept: "text/plain, application/x-ndjson, application/json",
  });
}
