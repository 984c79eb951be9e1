import type { Installation } from "#lib/installation.ts";

/**
 * The URLs under which this installation publishes: the present one, and those that are printed in certificates of
 * authorities that were made under another one.
 */
export async function ownUrls({ config, database }: Installation): Promise<string[]> {
  const rows = await database.read.authority.findMany({
    distinct: ["distributionBase"],
    select: { distributionBase: true },
  });
  return [...new Set([config.protocolUrl, ...rows.map(({ distributionBase }) => distributionBase)])];
}
