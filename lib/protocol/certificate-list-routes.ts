import { createRoute, z } from "@hono/zod-openapi";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { certificateCsv } from "#lib/inventory/certificate-csv.ts";
import { CERTIFICATE_KINDS, parseFilter } from "#lib/inventory/certificate-filter.ts";
import { LAST_PAGE, listCertificates, PAGE_MAX } from "#lib/inventory/certificate-list.ts";
import { readNames } from "#lib/inventory/certificate-names.ts";
import { CERTIFICATE_SORTS, parseSort, USUAL_SORT } from "#lib/inventory/certificate-order.ts";
import { RISK_CODES } from "#lib/inventory/certificate-risks.ts";
import { CERTIFICATE_STATUSES } from "#lib/inventory/certificate-status.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { certificateJson, certificateSchema, PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";

/** Described here; read by `parseFilter`, as the console reads its addresses, so that both mean the same. */
const once = (description: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .openapi({ type: "string", description });

const repeatable = (description: string, values?: readonly string[]) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .openapi({
      type: "array",
      items: { type: "string", ...(values === undefined ? {} : { enum: [...values] }) },
      description: `${description} May be repeated: any of them.`,
    });

const filterQuery = {
  q: once(
    "The beginning or end of a name (`*.example.com`: the end), a serial number in hexadecimal or decimal, a SHA-1 or SHA-256 fingerprint or its beginning, with any punctuation; or a certificate in PEM.",
  ),
  status: repeatable("See Certificate.", CERTIFICATE_STATUSES),
  kind: repeatable("What it certifies.", CERTIFICATE_KINDS),
  issuer: repeatable("Name of the issuer, RFC 4514."),
  profile: repeatable("Short name of a certificate profile."),
  algorithm: repeatable("Key algorithm."),
  owner: repeatable("Empty: those that nobody owns."),
  tag: repeatable("Tag."),
  source: repeatable("Where its key was made, or who asked."),
  risk: repeatable("See Certificate.", RISK_CODES),
  "expires-from": once("Expires on this date (UTC) or later; or a time such as 2026-12-31T12:00:00Z."),
  "expires-to": once("Expires on this date or earlier."),
  sort: once(`One of ${CERTIFICATE_SORTS.join(", ")}; ${USUAL_SORT} when absent.`),
};

const LIMIT_ERROR = `must be a whole number from 1 to ${PAGE_MAX}`;

const listRoute = createRoute({
  method: "get",
  operationId: "listCertificates",
  path: "/v1/certificates",
  summary: "List certificates by filter, search and order",
  description:
    "Page by page: each page is what stands behind a place in the order, so that none is missed or seen twice while others come and go. Needs the scope certificate:read.",
  request: {
    query: z.object({
      ...filterQuery,
      limit: z.coerce
        .number({ error: LIMIT_ERROR })
        .int({ error: LIMIT_ERROR })
        .min(1, { error: LIMIT_ERROR })
        .max(PAGE_MAX, { error: LIMIT_ERROR })
        .optional(),
      after: z.string().optional().openapi({ description: "`next` of the page before." }),
      before: z
        .string()
        .optional()
        .openapi({ description: `\`previous\` of the page after, or ${LAST_PAGE} for the last page.` }),
      count: z
        .enum(["true", "false"], { error: "must be true or false" })
        .optional()
        .openapi({ description: "Whether to count what passes the filter, too." }),
    }),
  },
  responses: {
    200: {
      description: "A page.",
      content: {
        "application/json": {
          schema: z.object({
            certificates: z.array(certificateSchema),
            next: z.string().nullable(),
            previous: z.string().nullable(),
            lookedThrough: z.int().nullable().openapi({
              description:
                "Not null: a search that finds many stopped after looking at so many certificates before the page was full, and `next` goes on there.",
            }),
            count: z
              .object({ count: z.int(), exact: z.boolean() })
              .nullable()
              .openapi({ description: "When asked for. Not exact: at least so many." }),
          }),
        },
      },
    },
    ...PROBLEM_RESPONSES,
  },
});

const csvRoute = createRoute({
  method: "get",
  operationId: "exportCertificates",
  path: "/v1/certificates.csv",
  summary: "All certificates that pass a filter, as CSV",
  description: "RFC 4180, UTF-8, sent while it is made. Needs the scope certificate:read.",
  request: { query: z.object(filterQuery) },
  responses: {
    200: { description: "The table.", content: { "text/csv": { schema: z.string() } } },
    ...PROBLEM_RESPONSES,
  },
});

/** The list of certificates, under /v1. */
export function certificateListRoutes(
  application: ProtocolApplication,
  { installation }: ProtocolContext,
): void {
  application.openapi(listRoute, async (c) => {
    const { limit, after, before, count } = c.req.valid("query");
    const queries = c.req.queries();
    const filter = parseFilter(queries);
    const page = await listCertificates(installation, c.get("actor"), {
      filter,
      sort: parseSort(queries.sort?.[0]),
      after,
      before,
      ...(limit === undefined ? {} : { limit }),
    });
    const names = await readNames(
      installation.database,
      page.certificates.map(({ id }) => id),
    );
    return c.json(
      {
        ...page,
        certificates: page.certificates.map((each) => certificateJson(each, names.get(each.id))),
        count: count === "true" ? await countCertificates(installation, c.get("actor"), filter) : null,
      },
      200,
    );
  });

  application.openapi(csvRoute, async (c) => {
    const queries = c.req.queries();
    const { body, type, fileName } = certificateCsv(
      installation,
      c.get("actor"),
      parseFilter(queries),
      parseSort(queries.sort?.[0]),
    );
    return c.body(streamOf(body), 200, {
      "Content-Type": type,
      "Content-Disposition": `attachment; filename="${fileName}"`,
    });
  });
}

/** When making the file fails half-way the connection is broken off, so that nobody takes the part for the whole. */
function streamOf(body: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await body.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await body.return(undefined);
    },
  });
}
