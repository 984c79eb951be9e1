import { createRoute, z } from "@hono/zod-openapi";
import { CRL_SOURCE_STATES, type CrlSource, crlSources } from "#lib/authority/crl-source-read.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { edgeProblem } from "#lib/protocol/edge-problem.ts";

const time = z.iso.datetime();

const sourceSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    issuer: z.string().openapi({ description: "The issuer's name (RFC 4514)." }),
    certificateId: z.string().openapi({ description: "By whose key the CRLs are checked." }),
    url: z.string().openapi({ description: "Where it is fetched from; empty when it is uploaded." }),
    state: z.enum(CRL_SOURCE_STATES).openapi({
      description:
        "failing: it could not be fetched, and the present one still holds. late: less than a quarter of its life is left, or a week of a long one.",
    }),
    number: z.string().nullable().openapi({ description: "A CRL number may be larger than JSON's numbers." }),
    entries: z.int(),
    size: z.int(),
    sha256: z.string(),
    thisUpdate: time.nullable(),
    nextUpdate: time.nullable(),
    fetchedAt: time.nullable(),
    fetchAt: time.nullable(),
    failingSince: time.nullable(),
    failure: z.string(),
    revocations: z.int().openapi({ description: "Certificates here that are revoked or held by it." }),
  })
  .openapi("CrlSource");

const listRoute = createRoute({
  method: "get",
  operationId: "listCrlSources",
  path: "/v1/crl-sources",
  summary: "List the CRLs of other authorities, the worst first",
  description: "Needs the scope authority:read.",
  responses: {
    200: {
      description: "All that are uploaded or followed.",
      content: { "application/json": { schema: z.object({ sources: z.array(sourceSchema) }) } },
    },
    ...PROBLEM_RESPONSES,
  },
});

const uploadSchema = z
  .object({
    sourceId: z.string(),
    created: z.boolean().openapi({ description: "Its source was made for it." }),
    unchanged: z.boolean().openapi({ description: "It was here already." }),
    number: z.string().nullable(),
    entries: z.int(),
    thisUpdate: time,
    nextUpdate: time.nullable(),
    warnings: z.array(z.string()),
    applied: z
      .object({ revoked: z.int(), held: z.int(), restored: z.int() })
      .nullable()
      .openapi({ description: "What it changed of certificates here; null while that goes on." }),
  })
  .openapi("UploadedCrl");

const uploadRoute = createRoute({
  method: "post",
  operationId: "uploadCrl",
  path: "/v1/crls",
  summary: "Upload the CRL of another authority",
  description:
    "The body is the complete CRL in DER or PEM, up to 64 MB. The certificate of its issuer must be in the inventory. An older one than the present is refused with 409, one that has expired is accepted with a warning. Needs the scope crl:manage.",
  request: {
    query: z.object({
      source: z.string().optional().openapi({
        description: "The source that it must belong to; absent: found by its issuer, or made.",
      }),
    }),
    body: {
      required: true,
      content: {
        "application/pkix-crl": { schema: z.string().openapi({ format: "binary" }) },
        "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) },
        "application/x-pem-file": { schema: z.string() },
      },
    },
  },
  responses: {
    200: {
      description: "What it is, and what it changed.",
      content: { "application/json": { schema: uploadSchema } },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** Forms of a browser and JSON wrap a file; here the body is the file. */
const WRAPPED = /^(multipart\/|application\/(json|x-www-form-urlencoded)\b)/i;

/** /v1/crl-sources and /v1/crls. */
export function crlSourceRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.openapi(listRoute, async (c) => {
    const sources = await crlSources(installation, c.get("actor"));
    return c.json({ sources: sources.map(sourceJson) }, 200);
  });

  // Described for readers, but read here: the body may be many megabytes.
  application.openAPIRegistry.registerPath(uploadRoute);
  application.post("/v1/crls", async (c) => {
    const { incoming } = c.env;
    const actor = c.get("actor");
    try {
      authorize(actor, "crl:manage"); // before a byte of the body is read
      if (WRAPPED.test(c.req.header("content-type") ?? "")) {
        const detail = "Send the CRL itself as the body, for example with curl --data-binary @file.";
        return edgeProblem("unsupportedMediaType", detail, c.get("requestId"), {
          Accept: "application/pkix-crl, application/octet-stream, application/x-pem-file",
        });
      }
      const length = c.req.header("content-length") ?? "";
      const uploaded = await uploadCrl(installation, actor, {
        sourceId: c.req.query("source"),
        declaredBytes: /^\d{1,15}$/.test(length) ? Number(length) : null,
        // Its end must not close the connection: the answer is still to be sent.
        content: incoming.iterator({ destroyOnReturn: false }),
      });
      const { number, thisUpdate, nextUpdate, ...others } = uploaded;
      return c.json({
        ...others,
        number: number?.toString() ?? null,
        thisUpdate: thisUpdate.toISOString(),
        nextUpdate: nextUpdate?.toISOString() ?? null,
      } satisfies z.input<typeof uploadSchema>);
    } finally {
      if (!incoming.readableEnded) incoming.resume(); // so that the client can finish and read the answer
    }
  });
}

function sourceJson(source: CrlSource): z.input<typeof sourceSchema> {
  const { issuerName, number, version: _, createdAt: __, ...facts } = source;
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    ...facts,
    issuer: issuerName,
    number: number?.toString() ?? null,
    thisUpdate: iso(source.thisUpdate),
    nextUpdate: iso(source.nextUpdate),
    fetchedAt: iso(source.fetchedAt),
    fetchAt: iso(source.fetchAt),
    failingSince: iso(source.failingSince),
  };
}
