import { z } from "@hono/zod-openapi";
import { issueForClient, rotateByIssuing } from "#lib/access/client-issue.ts";
import { OVERLAPS } from "#lib/access/overlap.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { issuedJson, issuedSchema, issueSchema } from "#lib/protocol/certificate-schemas.ts";
import { changeRoute } from "#lib/protocol/change-route.ts";
import { certificatesIssued } from "#lib/protocol/metrics.ts";
import { parseName } from "#lib/x509/name.ts";

const { csr, subject, names, lifetimeSeconds } = issueSchema.shape;

const wishes = {
  csr,
  provenBy: z.enum(["certificate", "key"]).default("certificate").openapi({
    description:
      "By what the client is known afterwards: this certificate, or its key, which survives renewals.",
  }),
  profile: z.string().optional().openapi({
    description: "Short name or id of a certificate profile; client when absent.",
  }),
  ...{ subject, names, lifetimeSeconds },
};

const issueForClientSchema = z.strictObject(wishes).openapi("IssueForClientRequest");

const rotateByIssuingSchema = z
  .strictObject({
    ...wishes,
    overlap: z.enum(OVERLAPS.map(({ name }) => name)).openapi({
      description: "For how long the old credential goes on counting.",
    }),
    revokesOld: z.boolean().default(false).openapi({
      description: "Whether its certificate is revoked then; needs the scope certificate:revoke, too.",
    }),
  })
  .openapi("RotateByIssuingRequest");

const clientCertificateSchema = z
  .object({ clientId: z.string(), credentialId: z.string(), certificate: issuedSchema })
  .openapi("ClientCertificate");

/** Certificates that are issued for clients: /v1/clients/{client}/certificates and /v1/credentials/{credential}/certificates. */
export function clientCertificateRoutes(
  application: ProtocolApplication,
  { installation, issuer }: ProtocolContext,
): void {
  const context = { installation, issuer };

  changeRoute(application, {
    ...{ method: "post", path: "/v1/clients/{id}/certificates", operationId: "issueForClient" },
    summary: "Issue a certificate by which a client is known from then on",
    description: "Without names, it gets the client's name as its common name. Needs certificate:issue, too.",
    ...{ scope: "client:manage", body: issueForClientSchema, status: 201, answer: clientCertificateSchema },
    work: async (actor, wanted, id) =>
      answer(await issueForClient(context, actor, id, certificateWishes(wanted))),
  });

  changeRoute(application, {
    ...{ method: "post", path: "/v1/credentials/{id}/certificates", operationId: "rotateByIssuing" },
    summary: "Issue a certificate that takes the place of a credential, with an overlap",
    description:
      "Where a certificate of ours is behind the credential, the new one renews it, with its profile and names, unless others are given. Needs certificate:renew, too, or else certificate:issue.",
    ...{ scope: "client:manage", body: rotateByIssuingSchema, status: 201, answer: clientCertificateSchema },
    work: async (actor, { overlap, revokesOld, ...wanted }, id) =>
      answer(
        await rotateByIssuing(context, actor, id, {
          ...{ overlap, revokesOld, certificate: certificateWishes(wanted) },
        }),
      ),
  });
}

function certificateWishes({ csr: request, subject: named, ...rest }: z.output<typeof issueForClientSchema>) {
  return {
    ...rest,
    subject: named === undefined ? undefined : parseName(named),
    key: { from: "request", csr: request, source: "api" },
  } as const;
}

function answer({ clientId, credentialId, issued }: Awaited<ReturnType<typeof issueForClient>>) {
  certificatesIssued.inc({ profile: issued.profile });
  return { clientId, credentialId, certificate: issuedJson(issued) };
}
