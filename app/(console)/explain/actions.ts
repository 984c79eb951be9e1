"use server";

import { z } from "zod";
import type { CertificateChoice } from "#components/access/certificate-choice.tsx";
import { explainAccess } from "#lib/access/explain-access.ts";
import { getService } from "#lib/access/service-read.ts";
import { findCertificates } from "#lib/inventory/certificate-find.ts";
import { action } from "#lib/web/action.ts";
import { rawText } from "#lib/web/form-schema.ts";
import { certificateChoice } from "./certificate-choice.ts";

/** A little more than the domain takes, so that it says what is too long. */
const PASTED_MAX = 70_000;

/** What would be answered to a caller, rule by rule. */
export const explain = action
  .inputSchema(
    z.object({
      certificate: z.string().max(PASTED_MAX, { error: "is too long" }),
      certificateId: rawText,
      service: rawText,
      method: rawText,
      path: rawText,
    }),
  )
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const { certificate, certificateId, service: slug, method, path } = parsedInput;
    const { name } = await getService(installation, actor, slug);
    const explanation = await explainAccess(installation, actor, {
      ...(certificateId === "" ? { certificate } : { certificateId }),
      ...{ service: slug, method, path },
    });
    return { ...explanation, service: { slug, name } };
  });

const find = action
  .inputSchema(z.object({ query: rawText }))
  .action(async ({ parsedInput: { query }, ctx: { installation, actor } }) => {
    const now = installation.clock.now();
    return (await findCertificates(installation, actor, query)).map((found) => certificateChoice(found, now));
  });

/** For the choice of a certificate: by name, serial number or fingerprint. */
export async function findChoices(query: string): Promise<CertificateChoice[]> {
  const result = await find({ query });
  if (result?.data === undefined) throw new Error("The search was refused.");
  return result.data;
}
