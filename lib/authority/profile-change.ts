import { z } from "zod";
import { appendAudit } from "#lib/audit/append.ts";
import { LISTENER_PROFILE, listenerViolations } from "#lib/authority/listener-profile.ts";
import { type ProfileRules, profileRulesSchema } from "#lib/authority/profile-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";
import { isReference } from "#lib/reference.ts";
import { deception, deceptionOfParagraph, readable } from "#lib/x509/readable-text.ts";

export const profileInputSchema = z.strictObject({
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
  description: z
    .string()
    .trim()
    .max(500, { error: "is longer than 500 characters" })
    .superRefine(readable(deceptionOfParagraph)),
  authorityId: z.string().refine(isReference, { error: "is no id of an authority" }),
  rules: profileRulesSchema,
});

export type ProfileInput = z.input<typeof profileInputSchema>;

/** Creates a profile. @returns its id @throws DomainError `malformed`, `conflict`, `policyViolation` */
export async function createProfile(
  installation: Installation,
  actor: Actor,
  input: ProfileInput,
): Promise<string> {
  authorize(actor, "profile:change");
  const wanted = parsed(profileInputSchema, input);
  const now = installation.clock.now();
  const id = newId();
  await installation.database.write(async (transaction) => {
    if ((await transaction.certificateProfile.count({ where: { slug: wanted.slug } })) > 0) {
      throw new DomainError("conflict", `There is a profile ${wanted.slug} already.`, {
        violations: [
          {
            field: "slug",
            rule: "profile.slug.unique",
            detail: `There is a profile ${wanted.slug} already.`,
          },
        ],
      });
    }
    await checkAuthority(transaction, wanted);
    await transaction.certificateProfile.create({
      data: {
        ...wanted,
        id,
        rules: JSON.stringify(wanted.rules),
        status: "active",
        version: 1,
        createdAt: now,
      },
    });
    await changed(transaction);
    await appendAudit(transaction, actor, now, {
      action: "profile.created",
      object: { kind: "profile", id, name: wanted.name },
      details: { after: wanted },
    });
  });
  return id;
}

/**
 * Changes a profile. What was issued stays as it is.
 *
 * @param version the version that the admin saw; another one means that somebody was faster
 * @throws DomainError `conflict` when it was changed meanwhile, `notFound`, `malformed`
 */
export async function changeProfile(
  installation: Installation,
  actor: Actor,
  id: string,
  version: number,
  input: ProfileInput,
): Promise<void> {
  authorize(actor, "profile:change");
  const wanted = parsed(profileInputSchema, input);
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const before = await unchangedProfile(transaction, id, version);
    if (before.slug !== wanted.slug) {
      throw policyViolation(
        "slug",
        "profile.slug.fixed",
        "The short name of a profile never changes: programs use it.",
      );
    }
    await checkAuthority(transaction, wanted, before.authorityId);
    checkListenerRules(wanted);
    await transaction.certificateProfile.update({
      where: { id },
      data: {
        name: wanted.name,
        description: wanted.description,
        authorityId: wanted.authorityId,
        rules: JSON.stringify(wanted.rules),
        version: version + 1,
      },
    });
    await changed(transaction);
    await appendAudit(transaction, actor, now, {
      action: "profile.changed",
      object: { kind: "profile", id, name: wanted.name },
      details: {
        before: {
          name: before.name,
          description: before.description,
          authorityId: before.authorityId,
          rules: JSON.parse(before.rules),
        },
        after: wanted,
      },
    });
  });
}

/** Retires a profile, or brings it back. A retired profile issues nothing; nothing issued is touched. */
export async function setProfileStatus(
  installation: Installation,
  actor: Actor,
  id: string,
  version: number,
  status: "active" | "retired",
): Promise<void> {
  authorize(actor, "profile:change");
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const before = await unchangedProfile(transaction, id, version);
    if (before.slug === LISTENER_PROFILE.slug && status === "retired") {
      throw policyViolation("status", "profile.listener", "Countersign's own listeners need this profile.");
    }
    if (before.status === status) return;
    await transaction.certificateProfile.update({ where: { id }, data: { status, version: version + 1 } });
    await changed(transaction);
    await appendAudit(transaction, actor, now, {
      action: status === "retired" ? "profile.retired" : "profile.reactivated",
      object: { kind: "profile", id, name: before.name },
    });
  });
}

async function unchangedProfile(transaction: Transaction, id: string, version: number) {
  const before = await transaction.certificateProfile.findUnique({ where: { id } });
  if (before === null) throw new DomainError("notFound", "There is no such profile.");
  if (before.version === version) return before;
  const last = await transaction.auditEvent.findFirst({
    where: { objectKind: "profile", objectId: id },
    orderBy: { sequence: "desc" },
  });
  throw new DomainError(
    "conflict",
    `This profile was changed by ${last?.actorName ?? "somebody else"} while you were at it; look at the present state and decide again.`,
  );
}

/** @param presentId the authority it has; that one may have been retired since */
async function checkAuthority(
  transaction: Transaction,
  wanted: { authorityId: string; rules: { usages: readonly string[] } },
  presentId?: string,
): Promise<void> {
  const authority = await transaction.authority.findUnique({ where: { id: wanted.authorityId } });
  if (authority === null) {
    throw policyViolation("authorityId", "profile.authority", "The authority does not exist.");
  }
  if (authority.status !== "active" && authority.id !== presentId) {
    throw policyViolation(
      "authorityId",
      "authority.status",
      `The authority ${authority.name} is retired and issues nothing more; choose another one.`,
    );
  }
  const purposes = JSON.parse(authority.purposes) as string[];
  const missing = wanted.rules.usages.find((usage) => !purposes.includes(usage));
  if (missing !== undefined) {
    throw policyViolation(
      "authorityId",
      "authority.purposes",
      `The authority ${authority.name} may not issue ${missing} certificates.`,
    );
  }
}

function checkListenerRules({ slug, rules }: { slug: string; rules: ProfileRules }): void {
  if (slug !== LISTENER_PROFILE.slug) return;
  const violations = listenerViolations(rules);
  if (violations.length === 0) return;
  throw new DomainError("policyViolation", violations.map(({ detail }) => detail).join(" "), { violations });
}

/** Tells every instance that what it keeps in memory about profiles is out of date. */
async function changed(transaction: Transaction): Promise<void> {
  await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
}
