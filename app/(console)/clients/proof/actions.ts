"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import type { ClientCertificateWishes } from "#lib/access/client-certificate.ts";
import { createWholeClient, type GrantedClientInput } from "#lib/access/client-create.ts";
import { issueForClient, issueForNewClient, rotateByIssuing } from "#lib/access/client-issue.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { rotateCredential } from "#lib/access/credential-rotate.ts";
import type { Overlap } from "#lib/access/overlap.ts";
import { overlapSchema } from "#lib/access/overlap-schema.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { action } from "#lib/web/action.ts";
import { consoleIssuer } from "#lib/web/console-issuer.ts";
import { rawText, text, wholeNumber } from "#lib/web/form-schema.ts";
import { encodeBase64 } from "#lib/x509/base64.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { decodePem, encodePem } from "#lib/x509/pem.ts";
import { encodePkcs12 } from "#lib/x509/pkcs12.ts";
import { handoverOf } from "../../certificates/new/handover.ts";
import { pinned } from "./pinned.ts";

const isObject = (value: unknown) => typeof value === "object" && value !== null;

/** For whom the proof is. The domain functions parse what is an object here field by field. */
const targetSchema = z.discriminatedUnion("to", [
  z.object({ to: z.literal("new"), whole: z.custom<GrantedClientInput>(isObject) }),
  z.object({ to: z.literal("client"), client: text }),
  z.object({
    to: z.literal("credential"),
    credential: text,
    overlap: overlapSchema,
    revokesOld: z.boolean(),
  }),
]);

type Target = z.output<typeof targetSchema>;

/** The readers of what is pasted have tighter bounds of their own, and sentences for them. */
const PASTED_MAX = 500_000;
const NAMES_MAX = 1_000;
const pasted = z.string().max(PASTED_MAX, { error: "is too long" });
const kind = z.enum(["certificate", "key"]);

const knownSchema = z.discriminatedUnion("from", [
  z.object({ from: z.literal("nothing") }),
  z.object({ from: z.literal("name"), name: z.custom<CredentialInput>(isObject) }),
  z.object({ from: z.literal("inventory"), kind, certificateId: text, isUnsoundMeant: z.boolean() }),
  z.object({ from: z.literal("pasted"), kind, certificate: pasted, isUnsoundMeant: z.boolean() }),
]);

/** Proves a client by what there is already: a certificate, its key, or a name. */
export const proveByKnown = action
  .inputSchema(z.object({ target: targetSchema, proof: knownSchema }))
  .action(async ({ parsedInput: { target, proof }, ctx: { installation, actor } }) => {
    const credential = await credentialOf(installation, actor, proof);
    const id = await recorded(installation, actor, target, credential);
    revalidatePath("/clients", "layout");
    return { id };
  });

async function credentialOf(
  installation: Installation,
  actor: UserActor,
  proof: z.output<typeof knownSchema>,
): Promise<CredentialInput | null> {
  if (proof.from === "nothing") return null;
  if (proof.from === "name") return proof.name;
  return pinned(installation, actor, proof);
}

/** @returns the id of the new client; that of a client that there is is known to the page */
async function recorded(
  installation: Installation,
  actor: UserActor,
  target: Target,
  credential: CredentialInput | null,
): Promise<string | null> {
  if (target.to === "new") {
    return (await createWholeClient(installation, actor, { ...target.whole, credential })).clientId;
  }
  if (credential === null) throw new DomainError("malformed", "Say what is to prove the client.");
  if (target.to === "client") await addCredential(installation, actor, target.client, credential);
  else
    await rotateCredential(installation, actor, target.credential, { ...termsOf(target), proof: credential });
  return null;
}

function termsOf({ overlap, revokesOld }: { overlap: Overlap; revokesOld: boolean }) {
  return { overlap, revokesOld };
}

const keyAlgorithm = z.enum(Object.keys(KEY_ALGORITHMS) as [KeyAlgorithm, ...KeyAlgorithm[]]);
const attribute = z.object({ type: text, value: text });
const subject = z.array(z.array(attribute)).max(64);
const names = z.array(z.object({ type: z.enum(["dns", "ip", "uri", "email"]), value: text })).max(NAMES_MAX);

const wishesSchema = z.object({
  provenBy: kind,
  /** Absent for what is renewed: it keeps its profile and its names. */
  profile: text.optional(),
  lifetimeSeconds: wholeNumber.optional(),
  key: z.discriminatedUnion("from", [
    z.object({ from: z.literal("request"), source: z.enum(["browser", "csr"]), csr: pasted }),
    z.object({
      from: z.literal("server"),
      keyAlgorithm,
      subject: subject.optional(),
      names: names.optional(),
      delivery: z.discriminatedUnion("form", [
        z.object({ form: z.literal("pem") }),
        z.object({ form: z.literal("pkcs12"), password: rawText }),
      ]),
    }),
  ]),
});

/** Issues the certificate that proves a client. A key that is made here is in this answer and nowhere else. */
export const proveByIssuing = action
  .inputSchema(z.object({ target: targetSchema, wishes: wishesSchema }))
  .action(async ({ parsedInput: { target, wishes }, ctx: { installation, actor } }) => {
    const { clientId, issued, privateKey } = await issuedFor(
      { installation, issuer: consoleIssuer() },
      actor,
      target,
      certificateWishes(wishes),
    );
    revalidatePath("/clients", "layout");
    const handover = handoverOf(issued);
    const { key } = wishes;
    if (key.from === "request" || privateKey === null) return { clientId, handover };
    if (key.delivery.form === "pem") {
      return { clientId, handover, keyPem: encodePem("PRIVATE KEY", privateKey) };
    }
    const pkcs12 = await encodePkcs12({
      privateKeyPkcs8: privateKey,
      chain: decodePem(handover.fullchain, { field: "certificate" }).map((block) => block.der),
      password: key.delivery.password,
      friendlyName: handover.name,
    });
    return { clientId, handover, pkcs12: encodeBase64(pkcs12) };
  });

function issuedFor(
  context: Parameters<typeof issueForClient>[0],
  actor: UserActor,
  target: Target,
  wishes: ClientCertificateWishes,
) {
  if (target.to === "new") return issueForNewClient(context, actor, target.whole, wishes);
  if (target.to === "client") return issueForClient(context, actor, target.client, wishes);
  const rotation = { ...termsOf(target), certificate: wishes };
  return rotateByIssuing(context, actor, target.credential, rotation);
}

function certificateWishes({ key, ...rest }: z.output<typeof wishesSchema>): ClientCertificateWishes {
  if (key.from === "request") return { ...rest, key };
  const { delivery } = key;
  return {
    ...rest,
    ...{ subject: key.subject, names: key.names },
    key: {
      ...{ from: "server", keyAlgorithm: key.keyAlgorithm },
      pkcs12Password: delivery.form === "pkcs12" ? delivery.password : undefined,
    },
  };
}
