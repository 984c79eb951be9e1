import type { Reader } from "#lib/database.ts";

/** An end is told so long before. */
export const ENDING_DAYS = 7;

const LOOKED_AT = 1_000;
const DAY_MS = 24 * 3_600_000;

/** A client that stops working, and when. */
export interface EndingClient {
  id: string;
  name: string;
  at: Date;
}

/**
 * Active clients that have no credential any more when one ends within ENDING_DAYS, or that expire themselves until
 * then. Nobody needs to look at the end of a credential that has a successor: that is what a rotation leaves.
 *
 * @returns those that end first, the soonest first; `more` when not all ends were looked at
 */
export async function endingClients(
  read: Reader,
  now: Date,
): Promise<{ things: EndingClient[]; more: boolean }> {
  const until = new Date(now.getTime() + ENDING_DAYS * DAY_MS);
  const soon = { gt: now, lte: until };
  const take = LOOKED_AT + 1;
  const [credentials, expiring] = await Promise.all([
    read.credential.findMany({
      where: { endsAt: soon },
      select: { clientId: true, endsAt: true },
      orderBy: { endsAt: "asc" },
      take,
    }),
    read.client.findMany({
      where: { status: "active", expiresAt: soon },
      select: { id: true, name: true, expiresAt: true },
      orderBy: { expiresAt: "asc" },
      take,
    }),
  ]);
  // Asked for these alone: a condition on clients and their other credentials would look at all that there are.
  const ids = [...new Set(credentials.map(({ clientId }) => clientId))];
  const [lasting, active] = await Promise.all([
    read.credential.findMany({
      where: { clientId: { in: ids }, OR: [{ endsAt: null }, { endsAt: { gt: until } }] },
      select: { clientId: true },
    }),
    read.client.findMany({ where: { id: { in: ids }, status: "active" }, select: { id: true, name: true } }),
  ]);
  const lasts = new Set(lasting.map(({ clientId }) => clientId));
  const names = new Map(active.map(({ id, name }) => [id, name]));
  const things = new Map<string, EndingClient>();
  // The last of its credentials to end is the one after which nothing proves it.
  for (const { clientId: id, endsAt } of credentials) {
    const name = names.get(id);
    if (endsAt !== null && name !== undefined && !lasts.has(id)) things.set(id, { id, name, at: endsAt });
  }
  for (const { id, name, expiresAt } of expiring) {
    const at = things.get(id)?.at;
    if (expiresAt !== null && (at === undefined || expiresAt < at))
      things.set(id, { id, name, at: expiresAt });
  }
  return {
    things: [...things.values()].sort((a, b) => a.at.getTime() - b.at.getTime()),
    more: credentials.length === take || expiring.length === take,
  };
}
