import { z } from "zod";
import { sha256Schema } from "#lib/access/credential-input.ts";
import { accessNameSchema, serviceSlugSchema } from "#lib/access/service-input.ts";
import { isReference } from "#lib/reference.ts";

export const PROXY_KINDS = ["nginx", "caddy", "haproxy", "apache", "envoy", "traefik"] as const;
/** Short names of bundles and authorities are no longer. */
const BUNDLE_MAX = 64;

export type ProxyKind = (typeof PROXY_KINDS)[number];

/** How a proxy passes a certificate on; only that header of it is believed. */
export const IDENTITY_HEADERS = [
  "client-cert",
  "x-client-cert-pem",
  "x-client-cert-der",
  "x-forwarded-client-cert",
  "x-forwarded-tls-client-cert",
] as const;
export type IdentityHeader = (typeof IDENTITY_HEADERS)[number];

/** As `1.22.1`, `2.6.12-1+deb12u4` or `v3.1.0-rc2`; the software itself says what it is called. */
const softwareVersion = /^v?\d{1,9}(?:\.\d{1,9}){0,5}(?:[-+~][A-Za-z0-9.+~-]{1,40})?$/;

/** What a person decides about a proxy. */
export const proxyInputSchema = z.strictObject({
  /** Stands in the addresses to which it reports; never changes. */
  slug: serviceSlugSchema,
  name: accessNameSchema,
  kind: z.enum(PROXY_KINDS, { error: `is one of ${PROXY_KINDS.join(", ")}` }),
  header: z.enum(IDENTITY_HEADERS, { error: `is one of ${IDENTITY_HEADERS.join(", ")}` }),
  /** Ids of the services before which it stands: it may ask for no other. */
  services: z
    .array(z.string().refine(isReference, { error: "is no id of a service" }))
    .min(1, { error: "Choose a service" })
    .max(200, { error: "are more than 200" })
    .transform((ids) => [...new Set(ids)]),
  /** SHA-256 of a certificate with which it may connect in place of its token; null for none. */
  certificateSha256: sha256Schema.nullable().default(null),
  /** Short name of the trust bundle that it loads; empty when nobody says. */
  bundle: z
    .string()
    .trim()
    .refine((slug) => slug === "" || (slug.length <= BUNDLE_MAX && isReference(slug)), {
      error: "is no short name of a trust bundle",
    })
    .default(""),
  /** Version of its software; empty when nobody says. */
  software: z
    .string()
    .trim()
    .refine((version) => version === "" || softwareVersion.test(version), {
      error: "is no version, such as 1.22.1",
    })
    .default(""),
});

export type ProxyInput = z.input<typeof proxyInputSchema>;
export const proxyChangeSchema = proxyInputSchema.omit({ slug: true });
export type ProxyChange = z.input<typeof proxyChangeSchema>;
