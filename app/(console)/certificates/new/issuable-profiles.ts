import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { listProfiles } from "#lib/authority/profile-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import type { ProfileChoice } from "./draft.ts";

/** Profiles in use; not the one of our own listeners, whose certificates renew themselves. */
export async function issuableProfiles(installation: Installation, actor: Actor): Promise<ProfileChoice[]> {
  return (await listProfiles(installation, actor))
    .filter((profile) => profile.status === "active" && profile.slug !== LISTENER_PROFILE.slug)
    .map(({ slug, name, description, rules, authority }) => ({
      slug,
      name,
      description,
      rules,
      authority: { name: authority.name, notAfter: authority.notAfter },
    }));
}
