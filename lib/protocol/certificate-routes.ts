import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { DOWNLOADS, type DownloadForm, downloadCertificate } from "#lib/authority/certificate-download.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { renewFromRequest, renewWithSameKey } from "#lib/authority/renew.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { malformed } from "#lib/errors.ts";
import { readNames } from "#lib/inventory/certificate-names.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { parsed } from "#lib/parse.ts";
import type { ProtocolApplication, ProtocolContext, ProtocolEnvironment } from "#lib/protocol/application.ts";
import {
  certificateJson,
  certificateSchema,
  chainPem,
  issuedJson,
  issuedSchema,
  issueSchema,
  PROBLEM_RESPONSES,
  renewSchema,
} from "#lib/protocol/certificate-schemas.ts";
import { edgeProblem } from "#lib/protocol/edge-problem.ts";
import { certificatesIssued } from "#lib/protocol/metrics.ts";
import { jsonOf, readBody } from "#lib/protocol/request-body.ts";
import { revocationFactsSchema, revocationJson } from "#lib/protocol/revocation-schemas.ts";
import { parseName } from "#lib/x509/name.ts";
import { encodePem } from "#lib/x509/pem.ts";

const location = z.object({
  Location: z.string().openapi({ description: "Path of the new certificate." }),
});

const issueRoute = createRoute({
  method: "post",
  operationId: "issueCertificate",
  path: "/v1/certificates",
  summary: "Issue a certificate from a signing request",
  description:
    "As JSON; or send the signing request itself (`Content-Type: application/pkcs10`, PEM or DER) with `?profile=` and `?lifetimeSeconds=`. With `Accept: application/x-pem-file` the answer is the certificate and its chain in PEM. Needs the scope certificate:issue.",
  request: {
    query: z.object({
      profile: z.string().optional().openapi({
        description: "Short name or id of a certificate profile; for application/pkcs10, which needs it.",
        example: "server",
      }),
      lifetimeSeconds: z.int().min(1).optional().openapi({
        description: "For application/pkcs10. Absent: the profile's usual lifetime.",
      }),
    }),
    body: {
      required: true,
      content: {
        "application/json": { schema: issueSchema },
        "application/pkcs10": { schema: z.string() },
      },
    },
  },
  responses: {
    201: {
      description: "The certificate.",
      headers: location,
      content: {
        "application/json": { schema: issuedSchema },
        "application/x-pem-file": { schema: z.string() },
      },
    },
    ...PROBLEM_RESPONSES,
  },
});

const renewRoute = createRoute({
  method: "post",
  operationId: "renewCertificate",
  path: "/v1/certificates/{certificate}/renew",
  summary: "Renew a certificate",
  description:
    "For the same key, or for the key of a new signing request. Profile, subject and names stay those of the old certificate; a signing request that states others is refused. Needs the scope certificate:renew.",
  request: {
    params: z.object({ certificate: z.string() }),
    body: { required: false, content: { "application/json": { schema: renewSchema } } },
  },
  responses: {
    201: {
      description: "The new certificate.",
      headers: location,
      content: {
        "application/json": { schema: issuedSchema },
        "application/x-pem-file": { schema: z.string() },
      },
    },
    ...PROBLEM_RESPONSES,
  },
});

const getRoute = createRoute({
  method: "get",
  operationId: "getCertificate",
  path: "/v1/certificates/{certificate}",
  summary: "One certificate by id, serial number or SHA-256 fingerprint",
  request: { params: z.object({ certificate: z.string() }) },
  responses: {
    200: {
      description: "The certificate.",
      content: {
        "application/json": {
          schema: certificateSchema.extend({
            certificate: z.string().openapi({ description: "PEM." }),
            replaces: z.string().nullable(),
            notes: z.string(),
            revocation: revocationFactsSchema.nullable().openapi({
              description: "Null: neither revoked nor on hold.",
            }),
          }),
        },
      },
    },
    ...PROBLEM_RESPONSES,
  },
});

const downloadRoute = createRoute({
  method: "get",
  operationId: "downloadCertificate",
  path: "/v1/certificates/{certificate}/download/{form}",
  summary: "A certificate as a file",
  description: Object.entries(DOWNLOADS)
    .map(([form, { meaning }]) => `${form}: ${meaning}`)
    .join("; "),
  request: {
    params: z.object({
      certificate: z.string(),
      form: z.enum(Object.keys(DOWNLOADS) as [DownloadForm, ...DownloadForm[]], {
        error: `must be one of ${Object.keys(DOWNLOADS).join(", ")}`,
      }),
    }),
  },
  responses: {
    200: { description: "The file.", content: { "application/octet-stream": { schema: z.string() } } },
    ...PROBLEM_RESPONSES,
  },
});

/** /v1/certificates. */
export function certificateRoutes(
  application: ProtocolApplication,
  { installation, issuer }: ProtocolContext,
): void {
  // Issuing is the hot path: described for readers, but parsed here and only once.
  application.openAPIRegistry.registerPath(issueRoute);
  application.post("/v1/certificates", async (c) => {
    authorize(c.get("actor"), "certificate:issue"); // before a byte of the body is read
    const type = mediaTypeOf(c);
    if (type !== JSON_TYPE && !RAW_TYPES.has(type)) return unreadable(c, type);
    const body = await readBody(c.env.incoming);
    const { subject, ...wishes } =
      type === JSON_TYPE ? parsed(issueSchema, jsonOf(body)) : rawWishes(c, body);
    const issued = await issueFromRequest(issuer, c.get("actor"), {
      ...wishes,
      ...(subject === undefined ? {} : { subject: parseName(subject) }),
      source: "api",
    });
    certificatesIssued.inc({ profile: issued.profile });
    return issuedResponse(c, issued);
  });

  application.openAPIRegistry.registerPath(renewRoute);
  application.post("/v1/certificates/:certificate/renew", async (c) => {
    authorize(c.get("actor"), "certificate:renew");
    const body = await readBody(c.env.incoming);
    const { csr, lifetimeSeconds } = parsed(renewSchema, body.length === 0 ? {} : jsonOf(body));
    const [actor, old] = [c.get("actor"), c.req.param("certificate")];
    const issued =
      csr === undefined
        ? await renewWithSameKey(installation, issuer, actor, old, { lifetimeSeconds })
        : await renewFromRequest(installation, issuer, actor, old, { csr, lifetimeSeconds, source: "api" });
    return issuedResponse(c, issued);
  });

  application.openapi(getRoute, async (c) => {
    const certificate = await getCertificate(installation, c.get("actor"), c.req.valid("param").certificate);
    const names = await readNames(installation.database, [certificate.id]);
    return c.json(
      {
        ...certificateJson(certificate, names.get(certificate.id)),
        certificate: encodePem("CERTIFICATE", certificate.parsed.der),
        replaces: certificate.replacesId,
        notes: certificate.notes,
        revocation: certificate.revocation === null ? null : revocationJson(certificate.revocation),
      },
      200,
    );
  });

  application.openapi(downloadRoute, async (c) => {
    const { certificate, form } = c.req.valid("param");
    const download = await downloadCertificate(installation, c.get("actor"), certificate, form);
    return c.body(download.body, 200, {
      "Content-Type": download.type,
      "Content-Disposition": `attachment; filename="${download.fileName}"`,
    });
  });
}

type ProtocolRequest = Context<ProtocolEnvironment>;

const JSON_TYPE = "application/json";

/** What may say of itself that it is a signing request; the last is what curl says of any --data-binary. */
const RAW_TYPES = new Set([
  "application/pkcs10",
  "application/x-pem-file",
  "application/octet-stream",
  "text/plain",
  "application/x-www-form-urlencoded",
]);

/** The media type without its parameters (RFC 9110 §8.3.1). */
function mediaTypeOf(c: ProtocolRequest): string {
  return (c.req.header("content-type") ?? JSON_TYPE).split(";", 1).join("").trim().toLowerCase();
}

function unreadable(c: ProtocolRequest, type: string): Response {
  c.env.incoming.resume(); // so that the client can finish sending and read the answer
  return edgeProblem(
    "unsupportedMediaType",
    `A body of the type ${type} is not read here; send application/json or application/pkcs10.`,
    c.get("requestId"),
    { Accept: "application/json, application/pkcs10" },
  );
}

/** A body that is the signing request itself, as `curl --data-binary @request.pem` sends it. */
function rawWishes(
  c: ProtocolRequest,
  body: Buffer,
): Omit<z.output<typeof issueSchema>, "csr"> & { csr: string | Uint8Array } {
  const profile = c.req.query("profile");
  if (profile === undefined) {
    throw malformed("profile", "input.required", "The query parameter profile names no certificate profile.");
  }
  const lifetime = c.req.query("lifetimeSeconds");
  if (lifetime !== undefined && !/^\d{1,10}$/.test(lifetime)) {
    throw malformed(
      "lifetimeSeconds",
      "input.integer",
      "The query parameter lifetimeSeconds is not a whole number.",
    );
  }
  return {
    csr: new Uint8Array(body),
    profile,
    lifetimeSeconds: lifetime === undefined ? undefined : Number(lifetime),
  };
}

function issuedResponse(c: ProtocolRequest, issued: IssuedCertificate): Response {
  const location = { Location: `/v1/certificates/${issued.id}` };
  if (c.req.header("accept")?.includes("application/x-pem-file")) {
    const pem = encodePem("CERTIFICATE", issued.certificate) + chainPem(issued.chain);
    return c.body(pem, 201, { ...location, "Content-Type": "application/x-pem-file" });
  }
  return c.json(issuedJson(issued), 201, location);
}
