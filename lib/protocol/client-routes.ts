import { createRoute, z } from "@hono/zod-openapi";
import { changeClient } from "#lib/access/client-change.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { COUNTED_CLIENTS_MAX, countClients, ENDING_LISTED_MAX } from "#lib/access/client-filter.ts";
import { getClient, listClients } from "#lib/access/client-read.ts";
import { LISTED_STATES } from "#lib/access/client-state.ts";
import { resumeClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import { BULK_CLIENTS_MAX, changeStatuses } from "#lib/access/client-status-bulk.ts";
import { ENDING_DAYS } from "#lib/access/ending-clients.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { changeRoute } from "#lib/protocol/change-route.ts";
import {
  changeClientSchema,
  changedStatusesSchema,
  changeStatusesSchema,
  createClientSchema,
  identified,
  listedClientSchema,
  retireClientSchema,
  wholeClientSchema,
} from "#lib/protocol/client-schemas.ts";
import {
  answers,
  described,
  givenReference,
  pageParameters,
  searched,
} from "#lib/protocol/described-json.ts";

const page = z.object({
  clients: z.array(listedClientSchema),
  next: z.string().nullable(),
  total: z.object({ count: z.int(), more: z.boolean() }).openapi({
    description: `How many there are on all pages, counted up to ${COUNTED_CLIENTS_MAX}; more when there are more.`,
  }),
});

const listRoute = createRoute({
  method: "get",
  operationId: "listClients",
  path: "/v1/clients",
  summary: "List clients by name",
  description: "Those that are retired only when they are asked for. Needs the scope client:read.",
  request: {
    query: z.object({
      search: searched.openapi({ description: "Part of the name." }),
      state: z
        .enum(LISTED_STATES, { error: `must be one of ${LISTED_STATES.join(", ")}` })
        .optional()
        .openapi({
          description: `ending: stops working within ${ENDING_DAYS} days, the first ${ENDING_LISTED_MAX} of those.`,
        }),
      service: givenReference.optional().openapi({
        description: "Short name of a service that it may call.",
      }),
      owner: searched.openapi({ description: "As it is written." }),
      environment: searched.openapi({ description: "As it is written." }),
      tag: searched.openapi({ description: "One of its tags." }),
      ...pageParameters(200),
    }),
  },
  responses: { 200: answers("A page.", page), ...PROBLEM_RESPONSES },
});

const getRoute = createRoute({
  method: "get",
  operationId: "getClient",
  path: "/v1/clients/{client}",
  summary: "Read a client with its credentials and grants",
  description: "Also those that are over. Needs the scope client:read.",
  request: { params: z.object({ client: givenReference }) },
  responses: { 200: answers("The client.", wholeClientSchema), ...PROBLEM_RESPONSES },
});

const createdSchema = z
  .object({ clientId: z.string(), credentialId: z.string().nullable() })
  .openapi("CreatedClient");

const STATUS_CHANGES = [
  {
    action: "suspend",
    setStatus: suspendClient,
    summary: "Suspend a client",
    description:
      "Until it is resumed; its certificate stays. Proxies that ask refuse it within a second, those that decide from an allowlist once they use the next version of it: GET /v1/proxies/{proxy} says which one each has.",
  },
  {
    action: "resume",
    setStatus: resumeClient,
    summary: "Resume a suspended client",
    description: "It is let in again, by proxies that decide from an allowlist with the next version of it.",
  },
] as const;

/** /v1/clients. */
export function clientRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const listing = { ...c.req.valid("query"), withoutRetired: true };
    const [found, total] = await Promise.all([
      listClients(installation, c.get("actor"), listing),
      countClients(installation, c.get("actor"), listing),
    ]);
    return c.json(described(page, { ...found, total }), 200);
  });

  application.openapi(getRoute, async (c) => {
    const found = await getClient(installation, c.get("actor"), c.req.valid("param").client);
    return c.json(described(wholeClientSchema, found), 200);
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/clients", operationId: "createClient", scope: "client:manage" },
    summary: "Create a client with what it may call and what proves it",
    description: "All of it or nothing. 409 when another client has the name, or is known by the same thing.",
    ...{ body: createClientSchema, status: 201, answer: createdSchema },
    work: (actor, wanted) => createWholeClient(installation, actor, wanted),
  });

  changeRoute(application, {
    ...{ method: "put", path: "/v1/clients/{id}", operationId: "changeClient", scope: "client:manage" },
    summary: "Change the facts of a client",
    description: "What is left out gets its usual value.",
    ...{ body: changeClientSchema, status: 200, answer: identified },
    async work(actor, { version, client }, id) {
      await changeClient(installation, actor, id, version, client);
      return { id };
    },
  });

  for (const { action, setStatus, summary, description } of STATUS_CHANGES) {
    changeRoute(application, {
      ...{ method: "post", path: `/v1/clients/{id}/${action}`, operationId: `${action}Client` },
      ...{ summary, description, scope: "client:manage" },
      ...{ body: null, status: 200, answer: identified },
      async work(actor, _, id) {
        await setStatus(installation, actor, id);
        return { id };
      },
    });
  }

  changeRoute(application, {
    ...{ method: "post", path: "/v1/clients/{id}/retire", operationId: "retireClient" },
    summary: "Retire a client for good",
    description: "Its name stays taken, its credentials end. 409 while it is protected.",
    ...{
      scope: "client:manage",
      body: retireClientSchema,
      mayBeEmpty: true,
      status: 200,
      answer: identified,
    },
    async work(actor, { revokes = false }, id) {
      await retireClient(installation, actor, id, { revokes });
      return { id };
    },
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/clients/status", operationId: "changeClientStatuses" },
    summary: `Suspend, resume or retire several clients, ${BULK_CLIENTS_MAX} at most`,
    description: "Each by itself: one that cannot be changed holds up no other.",
    ...{ scope: "client:manage", body: changeStatusesSchema, status: 200, answer: changedStatusesSchema },
    work: (actor, { revokes = false, ...wanted }) =>
      changeStatuses(installation, actor, { ...wanted, revokes }),
  });
}
