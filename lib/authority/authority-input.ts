import { z } from "zod";
import { DAY } from "#lib/authority/profile-rules.ts";
import { isReference } from "#lib/reference.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";
import { deception, readable } from "#lib/x509/readable-text.ts";

/** What an admin decides about a new authority. */
export const authorityInputSchema = z.strictObject({
  /** Common name, and the name shown everywhere. */
  name: z
    .string()
    .trim()
    .min(1, { error: "needs a name" })
    .max(64, { error: "is longer than 64 characters" })
    .superRefine(readable(deception)),
  organisation: z
    .string()
    .trim()
    .max(64, { error: "is longer than 64 characters" })
    .superRefine(readable(deception))
    .default(""),
  keyAlgorithm: z.enum(Object.keys(KEY_ALGORITHMS) as [KeyAlgorithm, ...KeyAlgorithm[]]),
  /** Lifetime in days. */
  days: z.number().int().min(1).max(11_000, { error: "is longer than 30 years" }),
  /** Null makes a root. */
  parentId: z.string().refine(isReference, { error: "is no id of an authority" }).nullable(),
  /** What the profiles of this authority may issue. */
  purposes: z.array(z.enum(["server", "client"])).min(1, { error: "needs server, client or both" }),
  /** How many authorities may stand below; null for no limit (roots only). */
  pathLength: z.number().int().min(0).max(5).nullable(),
  /** Names it may issue for: DNS suffixes, IP ranges, e-mail hosts, URI hosts; empty for no limit. */
  permitted: z.array(subtree()).max(50).default([]),
  excluded: z.array(subtree()).max(50).default([]),
});

export type AuthorityInput = z.infer<typeof authorityInputSchema>;

function subtree() {
  return z.strictObject({
    type: z.enum(["dns", "ip", "email", "uri"]),
    value: z.string().trim().toLowerCase().min(1).max(253),
  });
}

/** The defaults of design: root ten years, intermediates five. */
export const ROOT_DAYS = 3650;
export const INTERMEDIATE_DAYS = 1825;

/** The constraints as the certificate carries them, or null when there are none. */
export function nameConstraintsOf(
  input: Pick<AuthorityInput, "permitted" | "excluded">,
): NameConstraints | null {
  if (input.permitted.length + input.excluded.length === 0) return null;
  return { permitted: input.permitted, excluded: input.excluded };
}

/** Days to seconds. */
export const seconds = (days: number) => days * DAY;
