import { z } from "zod";
import { clearPath } from "#lib/access/decide/request-path.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";

const QUOTED_MAX = 60;

/** One of several that were typed, so that somebody finds which. */
function quoted(input: unknown): string {
  return `“${shownText(String(input), QUOTED_MAX)}”`;
}

/** Which service, and under which conditions. */
export const grantTermsSchema = z.strictObject({
  serviceId: z.string(),
  /** Path prefixes; empty for every path. */
  paths: z
    .array(
      z
        .string()
        .trim()
        .max(1024, { error: "is longer than 1024 characters" })
        .refine((path) => clearPath(path) === path, {
          error: ({ input }) => `${quoted(input)} is no path that every program reads alike`,
        }),
    )
    .max(50, { error: "are more than 50" })
    .transform((paths) => [...new Set(paths)].sort())
    .default([]),
  /** Empty for every method. */
  methods: z
    .array(
      z
        .string()
        .regex(/^[A-Z]{1,20}$/, { error: ({ input }) => `${quoted(input)} is no method in upper case` }),
    )
    .max(20, { error: "are more than 20" })
    .transform((methods) => [...new Set(methods)].sort())
    .default([]),
  startsAt: z.date().optional(),
  endsAt: z.date().nullable().default(null),
});

export type GrantTermsInput = z.input<typeof grantTermsSchema>;
export type GrantTerms = z.output<typeof grantTermsSchema>;

/** The same for a client that there is. */
export const grantInputSchema = grantTermsSchema.extend({ clientId: z.string() });

export type GrantInput = z.input<typeof grantInputSchema>;
