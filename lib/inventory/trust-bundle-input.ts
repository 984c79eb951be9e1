import { z } from "zod";
import { isReference } from "#lib/reference.ts";
import { deception, deceptionOfParagraph, readable } from "#lib/x509/readable-text.ts";

/** The most certificates in one bundle; the public roots are some 140. */
export const MEMBERS_MAX = 300;

/** Names under /trust and on the screens that no bundle may take. */
export const RESERVED_BUNDLE_SLUGS: ReadonlySet<string> = new Set(["servers", "clients", "new"]);

const description = z
  .string()
  .trim()
  .max(500, { error: "is longer than 500 characters" })
  .superRefine(readable(deceptionOfParagraph));

/** What a person decides about a trust bundle. */
export const bundleInputSchema = z.strictObject({
  /** The path segment of /trust/{slug}.pem; never changes. */
  slug: z
    .string()
    .trim()
    .regex(/^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$/, {
      error: "may hold lower-case letters, digits and hyphens between them, 48 at most",
    }),
  name: z
    .string()
    .trim()
    .min(1, { error: "needs a name" })
    .max(64, { error: "is longer than 64 characters" })
    .superRefine(readable(deception)),
  description,
  /** Ids of certificates, in the order in which they are published. */
  members: z
    .array(z.string().refine(isReference, { error: "is no id of a certificate" }))
    .max(MEMBERS_MAX, { error: `has more than ${MEMBERS_MAX} certificates` })
    .transform((ids) => [...new Set(ids)]),
});

export type BundleInput = z.input<typeof bundleInputSchema>;

/** The same without the short name, which stays. */
export const bundleChangeSchema = bundleInputSchema.omit({ slug: true });

export type BundleChange = z.input<typeof bundleChangeSchema>;
