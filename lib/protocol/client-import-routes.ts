import { z } from "@hono/zod-openapi";
import { ALL_OR_NOTHING_MAX, checkClientFile, importClients } from "#lib/access/client-import.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { changeRoute } from "#lib/protocol/change-route.ts";

const text = z.string().openapi({
  description:
    "CSV with the columns name, environment, owner, tags, notes, expires, services and credential; a header may name them in any order.",
  example: "name,services,credential\nbilling,payments,key:6b86b273…",
});

const finding = z.object({ field: z.string(), rule: z.string(), detail: z.string() });

const checkedLineSchema = z
  .object({
    line: z.int(),
    name: z.string(),
    services: z.array(z.string()),
    credential: z.object({ kind: z.string(), value: z.string() }).nullable(),
    findings: z.array(finding).openapi({ description: "What forbids it; none when it can be taken." }),
  })
  .openapi("CheckedClientLine");

const checkSchema = z.strictObject({ text }).openapi("CheckClientsRequest");

const importSchema = z
  .strictObject({
    text,
    mode: z.enum(["all", "each"]).openapi({
      description: `all: nothing unless every line can be taken, ${ALL_OR_NOTHING_MAX} at most; each: whatever can be taken.`,
    }),
  })
  .openapi("ImportClientsRequest");

const importedSchema = z
  .object({
    created: z.array(z.object({ line: z.int(), clientId: z.string(), name: z.string() })),
    refused: z.array(checkedLineSchema),
  })
  .openapi("ImportedClients");

/** Clients from a file: /v1/clients/import. */
export function clientImportRoutes(
  application: ProtocolApplication,
  { installation }: ProtocolContext,
): void {
  changeRoute(application, {
    ...{ method: "post", path: "/v1/clients/import/check", operationId: "checkClients" },
    summary: "Look at a file of clients as importing would, and create nothing",
    description: "Every line's errors with line and column.",
    ...{ scope: "client:manage", body: checkSchema, status: 200 },
    answer: z.object({ lines: z.array(checkedLineSchema) }),
    work: async (actor, wanted) => ({ lines: await checkClientFile(installation, actor, wanted.text) }),
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/clients/import", operationId: "importClients" },
    summary: "Create the clients of a file",
    description: "Each with its grants and what proves it.",
    ...{ scope: "client:manage", body: importSchema, status: 200, answer: importedSchema },
    work: (actor, wanted) => importClients(installation, actor, wanted),
  });
}
