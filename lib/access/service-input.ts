import { z } from "zod";
import { isReference } from "#lib/reference.ts";
import { mixedScripts } from "#lib/x509/mixed-scripts.ts";
import { deception, deceptionOfParagraph, readable } from "#lib/x509/readable-text.ts";

/** Short names of services stand in the addresses that proxies ask. */
export const serviceSlugSchema = z
  .string()
  .trim()
  .regex(/^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$/, {
    error: "may hold lower-case letters, digits and hyphens between them, 48 at most",
  });

/** Of clients, services and proxies: people choose among them by their names, so none may look like another one. */
export const accessNameSchema = z
  .string()
  .trim()
  .min(1, { error: "needs a name" })
  .max(64, { error: "is longer than 64 characters" })
  .superRefine(readable(deception))
  .superRefine(readable(mixedScripts));

export const accessNotesSchema = z
  .string()
  .transform((text) => text.replaceAll("\r\n", "\n").trimEnd())
  .pipe(
    z
      .string()
      .max(10_000, { error: "are longer than 10,000 characters" })
      .superRefine(readable(deceptionOfParagraph)),
  );

const hostName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253, { error: "is longer than 253 characters" })
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: "is no host name",
  });

/** Bits that the key of a client may be required to have (NIST SP 800-57 part 1). */
export const STRENGTHS = [0, 112, 128, 192] as const;

/** What a person decides about a service. */
export const serviceInputSchema = z.strictObject({
  slug: serviceSlugSchema,
  name: accessNameSchema,
  notes: accessNotesSchema.default(""),
  hostNames: z
    .array(hostName)
    .max(50, { error: "are more than 50" })
    .transform((names) => [...new Set(names)])
    .default([]),
  minimumStrength: z.literal(STRENGTHS, { error: `is one of ${STRENGTHS.join(", ")} bits` }).default(112),
  /** Ids of authorities; empty for all that are known here, and what is pinned. */
  authorities: z
    .array(z.string().refine(isReference, { error: "is no id of an authority" }))
    .max(50, { error: "are more than 50" })
    .transform((ids) => [...new Set(ids)])
    .default([]),
  unknownClients: z.enum(["refuse", "learn"], { error: "is refuse or learn" }).default("refuse"),
  failsOpen: z.boolean().default(false),
});

export type ServiceInput = z.input<typeof serviceInputSchema>;

/** The same without the short name, which proxies know. */
export const serviceChangeSchema = serviceInputSchema.omit({ slug: true });

export type ServiceChange = z.input<typeof serviceChangeSchema>;
