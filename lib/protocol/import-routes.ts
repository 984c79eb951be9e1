import { createRoute, z } from "@hono/zod-openapi";
import { authorize } from "#lib/authorization/authorize.ts";
import { importCertificates } from "#lib/inventory/import-certificates.ts";
import { IMPORT_LIMITS, spokenSize } from "#lib/inventory/import-limits.ts";
import { IMPORT_PASSWORD_HEADER, importPassword } from "#lib/inventory/import-password.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { edgeProblem } from "#lib/protocol/edge-problem.ts";

const importSchema = z
  .object({
    id: z.string().openapi({ description: "The import; its page is /certificates/import/{id}." }),
    status: z.enum(["done", "broken"]).openapi({
      description: "broken: not everything was read, see reason. What was added stays.",
    }),
    reason: z.string(),
    found: z.int().openapi({ description: "Certificates in the file, readable or not." }),
    added: z.int(),
    known: z.int().openapi({ description: "In the inventory already, or earlier in the same file." }),
    unreadable: z.int(),
    faults: z
      .array(
        z.object({
          place: z.string().openapi({ example: "old/web.pem, PEM block 2" }),
          reason: z.string(),
          note: z.boolean().openapi({
            description: "Recognised and simply no certificate, such as a CRL or a private key.",
          }),
        }),
      )
      .openapi({ description: "What became no certificate; the first 100." }),
  })
  .openapi("CertificateImport");

const importRoute = createRoute({
  method: "post",
  operationId: "importCertificates",
  path: "/v1/certificates/import",
  summary: "Import certificates of others",
  description: `The body is the file: PEM, DER, PKCS#7, PKCS#12, a JKS or JCEKS key store, or a ZIP or tar of such files, up to ${spokenSize(IMPORT_LIMITS.uploadBytes)}. Private keys are never kept. What cannot be read is told and hinders nothing else. Needs the scope certificate:import.`,
  request: {
    query: z.object({
      name: z.string().optional().openapi({
        description: "What the file is called; shown with the import.",
        example: "ca-certificates.crt",
      }),
    }),
    headers: z.object({
      "X-Import-Password": z.string().optional().openapi({
        description: "Password of PKCS#12 files and key stores, percent-encoded UTF-8.",
      }),
    }),
    body: {
      required: true,
      content: {
        "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) },
        "application/x-pem-file": { schema: z.string() },
        "application/zip": { schema: z.string().openapi({ format: "binary" }) },
      },
    },
  },
  responses: {
    200: {
      description: "What the file held.",
      content: { "application/json": { schema: importSchema } },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** Forms of a browser send several files and passwords in one body; here the body is one file. */
const FORMS = /^(multipart\/|application\/json\b)/i;

/** From the end of reading to the answer. */
const ANSWER_MS = 60_000;

/** POST /v1/certificates/import. */
export function importRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  // Described for readers, but read here: the body may be a hundred megabytes.
  application.openAPIRegistry.registerPath(importRoute);
  application.post("/v1/certificates/import", async (c) => {
    const { incoming } = c.env;
    const { socket } = incoming;
    const idleMs = socket.timeout ?? 0;
    // While a file is read nothing moves on the connection, for as long as reading may take.
    const waitLonger = () => socket.setTimeout(IMPORT_LIMITS.durationMs + ANSWER_MS);
    incoming.once("end", waitLonger);
    const actor = c.get("actor");
    const type = c.req.header("content-type") ?? "";
    try {
      authorize(actor, "certificate:import"); // before a byte of the body is read
      if (FORMS.test(type)) {
        const detail = "Send the file itself as the body, for example with curl --data-binary @file.";
        return edgeProblem("unsupportedMediaType", detail, c.get("requestId"), {
          Accept: "application/octet-stream, application/x-pem-file, application/zip",
        });
      }
      const result = await importCertificates(installation, actor, {
        fileName: c.req.query("name") ?? "",
        password: importPassword(c.req.header(IMPORT_PASSWORD_HEADER)),
        declaredBytes: declared(c.req.header("content-length")),
        // Its end must not close the connection: the answer is still to be sent.
        source: incoming.iterator({ destroyOnReturn: false }),
      });
      const { bytes: _, faults, ...counts } = result;
      const told = faults.map(({ place, reason, isNote }) => ({ place, reason, note: isNote }));
      return c.json({ ...counts, faults: told } satisfies z.input<typeof importSchema>, 200);
    } finally {
      incoming.off("end", waitLonger);
      socket.setTimeout(idleMs);
      if (!incoming.readableEnded) incoming.resume(); // so that the client can finish and read the answer
    }
  });
}

function declared(header: string | undefined): number | null {
  return header === undefined || !/^\d{1,15}$/.test(header) ? null : Number(header);
}
