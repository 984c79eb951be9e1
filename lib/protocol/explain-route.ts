import { z } from "@hono/zod-openapi";
import { DENIALS, PERMITS } from "#lib/access/decide/decision.ts";
import { explainAccess } from "#lib/access/explain-access.ts";
import type { QuestionedCertificate } from "#lib/access/questioned-certificate.ts";
import { malformed } from "#lib/errors.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { changeRoute } from "#lib/protocol/change-route.ts";
import { givenReference, givenTime, time } from "#lib/protocol/described-json.ts";

const questionSchema = z
  .strictObject({
    certificate: z.string().optional().openapi({ description: "PEM, or DER in base64; 64 KB at most." }),
    certificateId: givenReference.optional().openapi({ description: "In its place: one of the inventory." }),
    service: z.string().openapi({ description: "Short name." }),
    method: z.string().optional().openapi({ description: "GET when absent." }),
    path: z.string().optional().openapi({ description: "/ when absent." }),
    at: givenTime.optional().openapi({
      description: "For which time it is asked; clients and grants are taken as they are now.",
    }),
  })
  .openapi("AccessQuestion");

const explanationSchema = z
  .object({
    decision: z.object({ permitted: z.boolean(), reason: z.enum([...PERMITS, ...DENIALS]) }),
    client: z
      .object({ id: z.string(), name: z.string(), status: z.enum(["active", "suspended", "retired"]) })
      .nullable(),
    credential: z.object({ id: z.string(), kind: z.string() }).nullable(),
    rules: z
      .array(
        z.object({
          name: z.string(),
          verdict: z.enum([...DENIALS, "met", "not-applicable"]),
        }),
      )
      .openapi({ description: "In the order in which they are applied." }),
    certificate: z.object({
      sha256: z.string(),
      keySha256: z.string(),
      serial: z.string(),
      names: z.array(z.object({ type: z.enum(["uri", "dns", "commonName"]), value: z.string() })),
      issuer: z.object({ id: z.string(), name: z.string() }).nullable(),
      notBefore: time,
      notAfter: time,
      isForClients: z.boolean(),
      strength: z.int(),
      revocation: z.enum(["good", "held", "revoked"]),
      certificateId: z.string().nullable(),
    }),
    at: time,
  })
  .openapi("AccessExplanation");

/** /v1/explain: what a certificate would be told at a service, and why. */
export function explainRoute(application: ProtocolApplication, { installation }: ProtocolContext): void {
  changeRoute(application, {
    ...{ method: "post", path: "/v1/explain", operationId: "explainAccess", scope: "client:read" },
    summary: "Explain what a certificate would be told at a service",
    description: "Rule by rule; nothing is changed, counted or sent.",
    ...{ body: questionSchema, status: 200, answer: explanationSchema },
    async work(actor, { certificate, certificateId, ...question }) {
      const { rules, ...explained } = await explainAccess(installation, actor, {
        ...question,
        ...questioned(certificate, certificateId),
      });
      return {
        ...explained,
        rules: rules.map(({ name, verdict }) => ({
          name,
          verdict: verdict === undefined ? "not-applicable" : (verdict ?? "met"),
        })),
      };
    },
  });
}

function questioned(certificate?: string, certificateId?: string): QuestionedCertificate {
  if (certificate !== undefined && certificateId === undefined) return { certificate };
  if (certificate === undefined && certificateId !== undefined) return { certificateId };
  throw malformed("certificate", "input", "Send either certificate or certificateId.");
}
