import { z } from "zod";
import { sha256Schema } from "#lib/access/credential-input.ts";
import { accessNameSchema, serviceSlugSchema } from "#lib/access/service-input.ts";
import { isReference } from "#lib/reference.ts";

export const PROXY_KINDS = ["nginx", "caddy", "haproxy", "apache", "envoy", "traefik"] as const;
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
});

export type ProxyInput = z.input<typeof proxyInputSchema>;
export const proxyChangeSchema = proxyInputSchema.omit({ slug: true });
export type ProxyChange = z.input<typeof proxyChangeSchema>;
