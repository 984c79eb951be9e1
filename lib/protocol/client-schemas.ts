import { z } from "@hono/zod-openapi";
import { CLIENT_STATES } from "#lib/access/client-state.ts";
import { BULK_CLIENTS_MAX } from "#lib/access/client-status-bulk.ts";
import { CREDENTIAL_KINDS } from "#lib/access/decide/snapshot.ts";
import { OVERLAPS } from "#lib/access/overlap.ts";
import { givenReference, givenTime, time } from "#lib/protocol/described-json.ts";

/** The JSON of clients, their credentials and grants on the REST API. */

/** A whole description each time; what is left out gets its usual value. */
const clientFacts = {
  name: z.string().openapi({ description: "1 to 64 characters, of no other client.", example: "billing" }),
  environment: z.string().optional().openapi({ example: "production" }),
  owner: z.string().optional(),
  tags: z.array(z.string()).optional(),
  notes: z.string().optional(),
  expiresAt: givenTime
    .nullable()
    .optional()
    .openapi({
      type: ["string", "null"],
      description: "When it is refused whatever its certificate says; null for never.",
    }),
  isProtected: z.boolean().optional().openapi({ description: "It is not retired while this is so." }),
};

const times = {
  startsAt: givenTime.optional().openapi({ description: "Now when absent." }),
  endsAt: givenTime
    .nullable()
    .optional()
    .openapi({ type: ["string", "null"], description: "Null for no end." }),
};

const grantTerms = {
  serviceId: givenReference,
  paths: z
    .array(z.string())
    .optional()
    .openapi({
      description: "Path prefixes, each with all that is below it; none for every path.",
      example: ["/api/invoices"],
    }),
  methods: z.array(z.string()).optional().openapi({ description: "None for every method." }),
  ...times,
};

const sha256 = z.string().openapi({ description: "64 hexadecimal digits, with or without colons." });

/** What proves a client. */
export const credentialSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("certificate"), sha256, ...times }),
    z.strictObject({ kind: z.literal("key"), sha256, ...times }),
    z.strictObject({
      kind: z.literal("name"),
      nameType: z.enum(["uri", "dns", "commonName"]),
      nameValue: z.string(),
      authorityId: givenReference,
      isWideMeant: z.boolean().optional().openapi({
        description: "Said of a pattern that fits every name below the authority.",
      }),
      ...times,
    }),
  ])
  .openapi("CredentialRequest", {
    description:
      "This certificate, this key (SHA-256 of its SubjectPublicKeyInfo, so that it survives a renewal), or this name under an authority.",
  });

export const createClientSchema = z
  .strictObject({
    client: z.strictObject(clientFacts),
    grants: z.array(z.strictObject(grantTerms)).optional(),
    credential: credentialSchema.nullable().optional(),
  })
  .openapi("CreateClientRequest");

export const changeClientSchema = z
  .strictObject({
    version: z.int().openapi({ description: "The version that was read; 409 when it has changed since." }),
    client: z.strictObject(clientFacts),
  })
  .openapi("ChangeClientRequest");

export const retireClientSchema = z
  .strictObject({
    revokes: z.boolean().optional().openapi({
      description:
        "Whether the certificates behind its credentials are revoked as well; needs the scope certificate:revoke, too.",
    }),
  })
  .openapi("RetireClientRequest");

export const changeStatusesSchema = z
  .strictObject({
    change: z.enum(["suspend", "resume", "retire"], { error: "is suspend, resume or retire" }),
    clientIds: z
      .array(givenReference)
      .min(1, { error: "are none" })
      .max(BULK_CLIENTS_MAX, { error: `are more than ${BULK_CLIENTS_MAX}` }),
    revokes: z
      .boolean()
      .optional()
      .openapi({ description: "With retire; needs the scope certificate:revoke, too." }),
  })
  .openapi("ChangeStatusesRequest");

export const changedStatusesSchema = z
  .object({
    changed: z.array(z.string()),
    refused: z.array(z.object({ clientId: z.string(), reason: z.string() })),
  })
  .openapi("ChangedStatuses", { description: "Those that were changed, and why the others were not." });

export const createGrantSchema = z
  .strictObject({ clientId: givenReference, ...grantTerms })
  .openapi("CreateGrantRequest");

export const rotateSchema = z
  .strictObject({
    proof: credentialSchema,
    overlap: z.enum(OVERLAPS.map(({ name }) => name)).openapi({
      description: "For how long the old credential goes on counting.",
    }),
    revokesOld: z.boolean().optional().openapi({
      description: "Whether its certificate is revoked then; needs the scope certificate:revoke, too.",
    }),
  })
  .openapi("RotateRequest");

export const credentialEndSchema = z
  .strictObject({
    endsAt: z
      .union([givenTime, z.literal("now")])
      .nullable()
      .openapi({
        description: "A time, now, or null for no end.",
      }),
    revokesAtEnd: z.boolean().optional().openapi({ description: "As it was when absent." }),
  })
  .openapi("CredentialEndRequest");

export const identified = z.object({ id: z.string() });

const hours = z
  .array(z.object({ permitted: z.int(), refused: z.int() }))
  .openapi({ description: "Requests in each of the last 36 hours, the oldest first." });

const facts = {
  id: z.string(),
  name: z.string(),
  environment: z.string(),
  owner: z.string(),
  tags: z.array(z.string()),
  state: z.enum(CLIENT_STATES).openapi({ description: "expired and unused are active ones." }),
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
  refused: z.int(),
  hours,
};

export const listedClientSchema = z
  .object({
    ...facts,
    services: z.array(z.string()).openapi({ description: "Names of those that it may call now." }),
    credentials: z.object({ active: z.int(), next: z.int() }),
    lastService: z.string().nullable(),
    lastProxy: z.string().nullable(),
  })
  .openapi("ListedClient");

export const wholeClientSchema = z
  .object({
    ...facts,
    notes: z.string(),
    status: z.enum(["active", "suspended", "retired"]),
    statusSince: time,
    isProtected: z.boolean(),
    source: z.enum(["hand", "import", "traffic"]),
    createdAt: time,
    createdBy: z.string(),
    version: z.int(),
    lastFrom: z.string().nullable(),
    grants: z.array(
      z.object({
        id: z.string(),
        serviceId: z.string(),
        service: z.object({ slug: z.string(), name: z.string() }),
        paths: z.array(z.string()),
        methods: z.array(z.string()),
        startsAt: time,
        endsAt: time.nullable(),
      }),
    ),
    credentials: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(CREDENTIAL_KINDS),
        sha256: z.string(),
        nameType: z.string(),
        nameValue: z.string(),
        authorityId: z.string().nullable(),
        certificateId: z.string().nullable(),
        startsAt: time,
        endsAt: time.nullable(),
        revokesAtEnd: z.boolean(),
        replacesId: z.string().nullable(),
        lastUsedAt: time.nullable(),
      }),
    ),
  })
  .openapi("Client");

const named = z.object({ id: z.string(), slug: z.string(), name: z.string() });

export const credentialUsesSchema = z
  .object({
    lastAt: time.nullable(),
    uses: z.array(
      z.object({
        service: named.nullable(),
        proxy: named.nullable(),
        permitted: z.int(),
        lastAt: time,
      }),
    ),
  })
  .openapi("CredentialUses");
