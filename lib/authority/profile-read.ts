import { type ProfileRules, profileRulesSchema } from "#lib/authority/profile-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";

/** A certificate profile as lists and pages show it. */
export interface ProfileView {
  id: string;
  slug: string;
  name: string;
  description: string;
  status: "active" | "retired";
  rules: ProfileRules;
  version: number;
  createdAt: Date;
  authority: { id: string; slug: string; name: string; notAfter: Date };
}

/** All profiles, in the order of their making. */
export async function listProfiles(installation: Installation, actor: Actor): Promise<ProfileView[]> {
  authorize(actor, "authority:read");
  const rows = await installation.database.read.certificateProfile.findMany({
    include: {
      authority: {
        select: { id: true, slug: true, name: true, certificate: { select: { notAfter: true } } },
      },
    },
    orderBy: { createdAt: "asc" },
  });
  return rows.map(({ authority, ...row }) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    status: row.status as ProfileView["status"],
    rules: profileRulesSchema.parse(JSON.parse(row.rules)),
    version: row.version,
    createdAt: row.createdAt,
    authority: {
      id: authority.id,
      slug: authority.slug,
      name: authority.name,
      notAfter: authority.certificate.notAfter,
    },
  }));
}

/** One profile by id or slug. @throws DomainError `notFound` */
export async function getProfile(
  installation: Installation,
  actor: Actor,
  idOrSlug: string,
): Promise<ProfileView> {
  authorize(actor, "authority:read");
  const found = isReference(idOrSlug)
    ? (await listProfiles(installation, actor)).find((view) => view.id === idOrSlug || view.slug === idOrSlug)
    : undefined;
  if (found === undefined) throw new DomainError("notFound", "There is no such profile.");
  return found;
}
