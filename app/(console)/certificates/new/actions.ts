"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { compareRequest } from "#components/certificate/request-comparison.ts";
import {
  issueFromRequest,
  issueWithKeyMadeHere,
  previewRenewal,
  previewRequest,
} from "#lib/authority/issue.ts";
import { getProfile } from "#lib/authority/profile-read.ts";
import { renewFromRequest, renewWithKeyMadeHere } from "#lib/authority/renew.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import { action } from "#lib/web/action.ts";
import { consoleIssuer } from "#lib/web/console-issuer.ts";
import { rawText, text, wholeNumber } from "#lib/web/form-schema.ts";
import { encodeBase64 } from "#lib/x509/base64.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { decodePem, encodePem } from "#lib/x509/pem.ts";
import { encodePkcs12 } from "#lib/x509/pkcs12.ts";
import { handoverOf } from "./handover.ts";

/** The reader of requests has a tighter bound of its own, and a sentence for it. */
const CSR_LENGTH_MAX = 500_000;
const NAMES_MAX = 1_000;

const common = {
  profile: text,
  lifetimeSeconds: wholeNumber.optional(),
  /** The certificate that the new one renews. */
  replacesId: text.optional(),
};
const request = z.object({
  ...common,
  csr: z.string().max(CSR_LENGTH_MAX, { error: "The csr is too long." }),
});

/** From a key that a browser made: only the signing request comes here. */
export const issueForBrowserKey = action
  .inputSchema(request)
  .action(async ({ parsedInput, ctx: { installation, actor } }) =>
    handoverOf(await issuedFrom(installation, actor, parsedInput, "browser")),
  );

/** From a signing request that somebody brought. */
export const issueForCsr = action
  .inputSchema(request)
  .action(async ({ parsedInput, ctx: { installation, actor } }) => ({
    id: (await issuedFrom(installation, actor, parsedInput, "csr")).id,
  }));

/** A renewal takes profile, subject and names from the certificate; what the form says of them is only compared. */
async function issuedFrom(
  installation: Installation,
  actor: UserActor,
  { replacesId, ...wishes }: z.output<typeof request>,
  source: "browser" | "csr",
) {
  const issued =
    replacesId === undefined
      ? await issueFromRequest(consoleIssuer(), actor, { ...wishes, source })
      : await renewFromRequest(installation, consoleIssuer(), actor, replacesId, { ...wishes, source });
  revalidatePath("/certificates", "layout");
  return issued;
}

/** What a signing request asks and what would be issued; issues nothing. */
export const previewCsr = action
  .inputSchema(request)
  .action(async ({ parsedInput: { replacesId, ...wishes }, ctx: { installation, actor } }) => {
    const [preview, profile] = await Promise.all([
      replacesId === undefined
        ? previewRequest(installation, actor, wishes)
        : previewRenewal(installation, actor, replacesId, wishes),
      getProfile(installation, actor, wishes.profile),
    ]);
    return compareRequest(preview, profile.name);
  });

const keyAlgorithm = z.enum(Object.keys(KEY_ALGORITHMS) as [KeyAlgorithm, ...KeyAlgorithm[]]);
const attribute = z.object({ type: text, value: text, tag: wholeNumber.optional() });

/** With a key made on this server. It is in this answer and nowhere else. */
export const issueWithServerKey = action
  .inputSchema(
    z.object({
      ...common,
      subject: z.array(z.array(attribute)).max(64),
      names: z.array(z.object({ type: z.enum(["dns", "ip", "uri", "email"]), value: text })).max(NAMES_MAX),
      keyAlgorithm,
      delivery: z.discriminatedUnion("form", [
        z.object({ form: z.literal("pem") }),
        z.object({ form: z.literal("pkcs12"), password: rawText }),
      ]),
    }),
  )
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const { delivery, subject, replacesId, ...rest } = parsedInput;
    const wishes = {
      ...rest,
      subject: subject.map((set) =>
        set.map(({ tag, ...attribute }) => (tag === undefined ? attribute : { ...attribute, tag })),
      ),
      pkcs12Password: delivery.form === "pkcs12" ? delivery.password : undefined,
    };
    const { issued, privateKey } =
      replacesId === undefined
        ? await issueWithKeyMadeHere(consoleIssuer(), actor, wishes)
        : await renewWithKeyMadeHere(installation, consoleIssuer(), actor, replacesId, wishes);
    revalidatePath("/certificates", "layout");
    const handover = handoverOf(issued);
    if (delivery.form === "pem") return { ...handover, keyPem: encodePem("PRIVATE KEY", privateKey) };
    const pkcs12 = await encodePkcs12({
      privateKeyPkcs8: privateKey,
      chain: decodePem(handover.fullchain, { field: "certificate" }).map((block) => block.der),
      password: delivery.password,
      friendlyName: handover.name,
    });
    return { ...handover, pkcs12: encodeBase64(pkcs12) };
  });
