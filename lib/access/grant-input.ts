import { z } from "zod";
import { clearPath } from "#lib/access/decide/request-path.ts";

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
        .refine((path) => clearPath(path) === path, { error: "is no path that every program reads alike" }),
    )
    .max(50, { error: "are more than 50" })
    .transform((paths) => [...new Set(paths)].sort())
    .default([]),
  /** Empty for every method. */
  methods: z
    .array(z.string().regex(/^[A-Z]{1,20}$/, { error: "is no method in upper case" }))
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
