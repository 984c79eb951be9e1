import { z } from "zod";
import { isReference } from "#lib/reference.ts";

/** SHA-256 in any of the punctuations in which people meet it. */
export const sha256Schema = z
  .string()
  .transform((text) => text.replace(/[\s:.-]/g, "").toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, { error: "is no SHA-256 (64 hexadecimal digits)" }));

const times = {
  /** From when it counts; now when absent. */
  startsAt: z.date().optional(),
  endsAt: z.date().nullable().default(null),
};

const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const DNS_PATTERN = new RegExp(`^(?:\\*\\.)?(?:${LABEL}\\.)*${LABEL}$`);

/** A scheme and an authority, then a path without anything that leads out of it; `/*` at the end for all below. */
const URI_PATTERN =
  /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.:_[\]-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~!$&'()+,;=:@-]+)*(?:\/\*)?$/;

const nameValue = z
  .string()
  .trim()
  .min(1, { error: "is empty" })
  .max(2048, { error: "is longer than 2048 characters" });

const nameSchema = z
  .strictObject({
    kind: z.literal("name"),
    nameType: z.enum(["uri", "dns", "commonName"], { error: "is uri, dns or commonName" }),
    nameValue,
    /** Id of the authority under which the name counts. */
    authorityId: z.string().refine(isReference, { error: "is no id of an authority" }),
    /** That a pattern which fits everybody below the authority is meant. */
    isWideMeant: z.boolean().default(false),
    ...times,
  })
  .transform((name) => ({
    ...name,
    nameValue: name.nameType === "dns" ? name.nameValue.toLowerCase() : name.nameValue,
  }))
  .superRefine(({ nameType, nameValue: value }, context) => {
    const refuse = (message: string) => context.addIssue({ code: "custom", path: ["nameValue"], message });
    if (nameType === "dns" && !DNS_PATTERN.test(value)) {
      refuse("is no DNS name; a * may stand for its first label, alone");
    }
    if (nameType === "uri" && !URI_PATTERN.test(value)) {
      refuse("is no URI like spiffe://example.org/ns/prod/sa/api; it may end in /* for all that is below");
    }
    if (nameType === "commonName" && value.includes("*"))
      refuse("is matched to the letter: a * stands for nothing there");
  });

/** What proves a client: this certificate, this key, or this name under an authority. */
export const credentialInputSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("certificate"), sha256: sha256Schema, ...times }),
  z.strictObject({ kind: z.literal("key"), sha256: sha256Schema, ...times }),
  nameSchema,
]);

export type CredentialInput = z.input<typeof credentialInputSchema>;
export type CredentialFacts = z.output<typeof credentialInputSchema>;
