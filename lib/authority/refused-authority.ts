import type { Reader, Transaction } from "#lib/database.ts";

/** An authority whose certificate is held or revoked: no relying party accepts what stands below it. */
export interface RefusedAuthority {
  name: string;
  state: "held" | "revoked";
}

/**
 * The first that is held or revoked of an authority and those above it.
 *
 * @param reader outside or inside a transaction
 */
export async function refusedInPath(
  reader: Reader | Transaction,
  authorityId: string,
): Promise<RefusedAuthority | null> {
  const rows = await reader.authority.findMany({
    select: {
      id: true,
      name: true,
      parentId: true,
      certificate: { select: { cohort: { select: { state: true } } } },
    },
  });
  const authorities = new Map(
    rows.map(({ id, certificate, ...row }) => [id, { ...row, state: certificate.cohort?.state }]),
  );
  for (let id: string | null = authorityId; id !== null; ) {
    const authority = authorities.get(id);
    if (authority === undefined) return null;
    const refused = refusedAuthority(authority);
    if (refused !== null) return refused;
    id = authority.parentId;
  }
  return null;
}

/** An authority by the state of its certificate; null when nothing is the matter with it. */
export function refusedAuthority(authority: {
  name: string;
  state: string | undefined;
}): RefusedAuthority | null {
  const { name, state } = authority;
  return state === "held" || state === "revoked" ? { name, state } : null;
}

/** Why nothing is issued below it. */
export function spokenRefusal({ name, state }: RefusedAuthority): string {
  return state === "revoked"
    ? `The authority ${name} is revoked: no relying party would accept what is issued below it.`
    : `The authority ${name} is on hold: release it, or issue under another one.`;
}
