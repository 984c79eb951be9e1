import { createRoute, z } from "@hono/zod-openapi";
import { addCredential } from "#lib/access/credential-change.ts";
import { changeCredentialEnd, rotateCredential, stillUsed } from "#lib/access/credential-rotate.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { changeRoute } from "#lib/protocol/change-route.ts";
import {
  credentialEndSchema,
  credentialSchema,
  credentialUsesSchema,
  identified,
  rotateSchema,
} from "#lib/protocol/client-schemas.ts";
import { answers, described, givenReference } from "#lib/protocol/described-json.ts";

const usesRoute = createRoute({
  method: "get",
  operationId: "listCredentialUses",
  path: "/v1/credentials/{credential}/uses",
  summary: "Where a credential was let in within the last day",
  description: "Who would be locked out if it ended now. Needs the scope client:read.",
  request: { params: z.object({ credential: givenReference }) },
  responses: { 200: answers("Where, the latest first.", credentialUsesSchema), ...PROBLEM_RESPONSES },
});

/** What proves clients: /v1/clients/{client}/credentials and /v1/credentials. */
export function credentialRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  changeRoute(application, {
    ...{ method: "post", path: "/v1/clients/{id}/credentials", operationId: "addCredential" },
    summary: "Give a client one more thing by which it is known",
    description: "409 when another client, or this one, is known by the same at the same time.",
    ...{ scope: "client:manage", body: credentialSchema, status: 201, answer: identified },
    work: async (actor, wanted, id) => ({ id: await addCredential(installation, actor, id, wanted) }),
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/credentials/{id}/rotate", operationId: "rotateCredential" },
    summary: "Put a new credential in the place of one, with an overlap",
    description: "Both count until the overlap ends, afterwards the new one only.",
    ...{ scope: "client:manage", body: rotateSchema, status: 201, answer: identified },
    work: async (actor, { revokesOld = false, ...rotation }, id) => ({
      id: await rotateCredential(installation, actor, id, { ...rotation, revokesOld }),
    }),
  });

  changeRoute(application, {
    ...{ method: "put", path: "/v1/credentials/{id}/end", operationId: "changeCredentialEnd" },
    summary: "End a credential, now or later, or give it more time",
    description: "409 when it has ended already.",
    ...{ scope: "client:manage", body: credentialEndSchema, status: 200, answer: identified },
    async work(actor, { endsAt, revokesAtEnd }, id) {
      const at = endsAt === "now" ? installation.clock.now() : endsAt;
      await changeCredentialEnd(installation, actor, id, at, revokesAtEnd);
      return { id };
    },
  });

  application.openapi(usesRoute, async (c) => {
    const found = await stillUsed(installation, c.get("actor"), c.req.valid("param").credential);
    return c.json(described(credentialUsesSchema, found), 200);
  });
}
