"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { changeCrlSource, createCrlSource, deleteCrlSource } from "#lib/authority/crl-source-change.ts";
import { distributionPointsSeen } from "#lib/authority/crl-source-issuer.ts";
import { crlSource } from "#lib/authority/crl-source-read.ts";
import { malformed } from "#lib/errors.ts";
import { action } from "#lib/web/action.ts";
import { formSchema, rawText, text } from "#lib/web/form-schema.ts";

/** Where certificates of an issuer say that its CRL is. */
export const addressesOf = action
  .inputSchema(z.object({ issuerName: rawText }))
  .action(({ parsedInput: { issuerName }, ctx: { installation, actor } }) =>
    distributionPointsSeen(installation, actor, issuerName),
  );

/** Begins to follow the CRL of a foreign authority. */
export const follow = action
  .inputSchema(formSchema({ certificateId: text, url: text }))
  .action(async ({ parsedInput: { certificateId, url }, ctx: { installation, actor } }) => {
    if (certificateId === "") throw malformed("certificateId", "input", "Choose whose CRL it is.");
    if (url.trim() === "") throw malformed("url", "input", "Say where it is fetched from.");
    const id = await createCrlSource(installation, actor, { certificateId, url });
    const { name } = await crlSource(installation, actor, id);
    revalidatePath("/revocation", "layout");
    return { name };
  });

const seen = z.object({ source: text, version: z.number().int() });

/** Changes name and address. */
export const changeSource = action
  .inputSchema(seen.extend({ name: text, url: text }))
  .action(async ({ parsedInput: { source, version, name, url }, ctx: { installation, actor } }) => {
    await changeCrlSource(installation, actor, source, version, { name, url });
    revalidatePath("/revocation", "layout");
  });

/** Keeps it no longer. Answers how many certificates came back. */
export const deleteSource = action
  .inputSchema(seen)
  .action(async ({ parsedInput: { source, version }, ctx: { installation, actor } }) => {
    const restored = await deleteCrlSource(installation, actor, source, version);
    revalidatePath("/", "layout");
    return { restored };
  });
