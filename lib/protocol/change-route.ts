import { createRoute, z } from "@hono/zod-openapi";
import type { TokenActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Scope } from "#lib/authorization/permissions.ts";
import { parsed } from "#lib/parse.ts";
import type { ProtocolApplication } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { accepts, answers, described, givenReference } from "#lib/protocol/described-json.ts";
import { jsonOf, readBody } from "#lib/protocol/request-body.ts";

/** A route that changes something, or asks with a body. */
export interface ChangeRoute<B extends z.ZodType, A extends z.ZodType> {
  method: "post" | "put";
  operationId: string;
  /** With `{id}` for what is changed, if anything is. */
  path: string;
  summary: string;
  description: string;
  /** What a token needs; said in the description, and asked before a byte of the body is read. */
  scope: Scope;
  /** Null when nothing is sent. */
  body: B | null;
  /** Whether nothing may be sent in its place: it means {} then. */
  mayBeEmpty?: boolean;
  /** 201 when something was made. */
  status: 200 | 201;
  answer: A;
  /** @param id from the path @returns what is described by `answer` */
  work(actor: TokenActor, body: z.output<B>, id: string): Promise<unknown>;
}

const params = z.object({ id: givenReference });

/**
 * Registers a route. It is described for readers, but its body is parsed here: in bounds, and only of those who may
 * send one.
 */
export function changeRoute<B extends z.ZodType, A extends z.ZodType>(
  application: ProtocolApplication,
  { scope, body, mayBeEmpty = false, status, answer, work, ...route }: ChangeRoute<B, A>,
): void {
  const isOfOne = route.path.includes("{id}");
  application.openAPIRegistry.registerPath(
    createRoute({
      ...route,
      description: `${route.description} Needs the scope ${scope}.`,
      request: {
        ...(isOfOne ? { params } : {}),
        ...(body === null ? {} : { body: { ...accepts(body), required: !mayBeEmpty } }),
      },
      responses: { [status]: answers("What became of it.", answer), ...PROBLEM_RESPONSES },
    }),
  );
  application.on(route.method.toUpperCase(), route.path.replace("{id}", ":id"), async (c) => {
    const actor = c.get("actor");
    authorize(actor, scope);
    const { id } = isOfOne ? parsed(params, c.req.param()) : { id: "" };
    const sent = await readBody(c.env.incoming);
    const wanted =
      body === null ? undefined : parsed(body, mayBeEmpty && sent.length === 0 ? {} : jsonOf(sent));
    const done = await work(actor, wanted as z.output<B>, id);
    return c.json(described(answer, done), status);
  });
}
