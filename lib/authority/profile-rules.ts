import { z } from "zod";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/**
 * What a certificate profile allows. Stored as JSON, parsed by this schema on the way in and out;
 * the console's form shows every rule in words (see `explainRules`).
 */

const keyAlgorithm = z.enum(Object.keys(KEY_ALGORITHMS) as [KeyAlgorithm, ...KeyAlgorithm[]]);

const MINUTE = 60;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Upper bound of any end-entity lifetime: ten years, the default life of a root. */
const LIFETIME_MAX = 3650 * DAY;

const pattern = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .refine((text) => (text.match(/\*\*/g)?.length ?? 0) <= 2, { error: "may hold ** at most twice" });
const patterns = z.array(pattern).max(100);

export const profileRulesSchema = z
  .strictObject({
    keyAlgorithms: z.array(keyAlgorithm).min(1, { error: "needs at least one key type" }),
    lifetime: z.strictObject({
      minSeconds: z.number().int().min(MINUTE).max(LIFETIME_MAX),
      defaultSeconds: z.number().int().min(MINUTE).max(LIFETIME_MAX),
      maxSeconds: z.number().int().min(MINUTE).max(LIFETIME_MAX),
    }),
    /** How far notBefore lies in the past, for relying parties whose clocks are behind. */
    backdateSeconds: z
      .number()
      .int()
      .min(0)
      .max(2 * DAY),
    usages: z.array(z.enum(["server", "client"])).min(1, { error: "needs server, client or both" }),
    subject: z.strictObject({
      commonName: z.enum(["optional", "required", "forbidden"]),
      /** Whether attributes besides the common name are taken over from the request. */
      otherAttributes: z.boolean(),
    }),
    names: z.strictObject({
      dns: z.strictObject({ allowed: z.boolean(), patterns, wildcards: z.boolean() }),
      ip: z.strictObject({
        allowed: z.boolean(),
        ranges: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(100),
      }),
      uri: z.strictObject({ allowed: z.boolean(), patterns }),
      email: z.strictObject({ allowed: z.boolean(), patterns }),
      max: z.number().int().min(1).max(100),
    }),
  })
  .superRefine((rules, context) => {
    const { minSeconds, defaultSeconds, maxSeconds } = rules.lifetime;
    if (!(minSeconds <= defaultSeconds && defaultSeconds <= maxSeconds)) {
      context.addIssue({
        code: "custom",
        path: ["lifetime"],
        message: "shortest, usual and longest lifetime must stand in this order",
      });
    }
  });

export type ProfileRules = z.infer<typeof profileRulesSchema>;

const CURRENT_KEYS: KeyAlgorithm[] = [
  "ecdsa-p256",
  "ecdsa-p384",
  "ed25519",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
];

/** What every first profile shares. */
const BASE: Omit<ProfileRules, "usages" | "lifetime" | "names"> = {
  keyAlgorithms: CURRENT_KEYS,
  backdateSeconds: 5 * MINUTE,
  subject: { commonName: "optional", otherAttributes: false },
};

const ANY_NAMES: ProfileRules["names"] = {
  dns: { allowed: true, patterns: [], wildcards: false },
  ip: { allowed: true, ranges: [] },
  uri: { allowed: true, patterns: [] },
  email: { allowed: true, patterns: [] },
  max: 100,
};

const BY_HAND = { minSeconds: HOUR, defaultSeconds: 90 * DAY, maxSeconds: 398 * DAY };

/** The profiles that a new installation begins with. */
export const FIRST_PROFILES: readonly {
  slug: string;
  name: string;
  description: string;
  authority: "server" | "client" | "workload";
  rules: ProfileRules;
}[] = [
  {
    slug: "server",
    name: "Server",
    description: "A service or proxy that presents itself to clients.",
    authority: "server",
    rules: {
      ...BASE,
      usages: ["server"],
      lifetime: BY_HAND,
      names: { ...ANY_NAMES, email: { allowed: false, patterns: [] } },
    },
  },
  {
    slug: "client",
    name: "Client",
    description: "A program or person that calls a service.",
    authority: "client",
    rules: { ...BASE, usages: ["client"], lifetime: BY_HAND, names: ANY_NAMES },
  },
  {
    slug: "both",
    name: "Server and client",
    description: "A workload that is called and calls others under one name.",
    authority: "workload",
    rules: {
      ...BASE,
      usages: ["server", "client"],
      lifetime: BY_HAND,
      names: { ...ANY_NAMES, email: { allowed: false, patterns: [] } },
    },
  },
  {
    slug: "short-lived-client",
    name: "Short-lived client",
    description: "Renewed by a program; so short that it need not be revoked.",
    authority: "client",
    rules: {
      ...BASE,
      usages: ["client"],
      lifetime: { minSeconds: 5 * MINUTE, defaultSeconds: DAY, maxSeconds: 7 * DAY },
      names: ANY_NAMES,
    },
  },
];
