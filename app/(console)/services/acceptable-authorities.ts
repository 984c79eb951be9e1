import { listAuthorities } from "#lib/authority/authority-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";

/** Authorities that a service can be told to accept, as its form needs them. */
export async function acceptableAuthorities(
  installation: Installation,
  actor: Actor,
): Promise<{ id: string; name: string }[]> {
  const all = await listAuthorities(installation, actor);
  return all.map(({ id, name }) => ({ id, name }));
}
