import { z } from "zod";
import { accessNameSchema, accessNotesSchema } from "#lib/access/service-input.ts";
import { ownerSchema, TAGS_MAX, tagSchema } from "#lib/inventory/annotate.ts";
import { comparableText } from "#lib/x509/name-preparation.ts";
import { deception, readable } from "#lib/x509/readable-text.ts";

const environmentSchema = z
  .string()
  .trim()
  .max(40, { error: "is longer than 40 characters" })
  .superRefine(readable(deception));

/** What a person decides about a client, beside its credentials and grants. */
export const clientInputSchema = z.strictObject({
  name: accessNameSchema,
  /** For example production; empty for none. */
  environment: environmentSchema.default(""),
  owner: ownerSchema.default(""),
  tags: z
    .array(tagSchema)
    .max(TAGS_MAX, { error: `are more than ${TAGS_MAX}` })
    .transform((tags) => [...new Set(tags)].sort())
    .default([]),
  notes: accessNotesSchema.default(""),
  /** When it is refused whatever its certificate says; null for never. */
  expiresAt: z.date().nullable().default(null),
  isProtected: z.boolean().default(false),
});

export type ClientInput = z.input<typeof clientInputSchema>;
export type ClientFacts = z.output<typeof clientInputSchema>;

/** A name as it is compared: two clients that people take for one another are one too many. */
export function clientNameKey(name: string): string {
  return comparableText(name).slice(0, 200);
}
