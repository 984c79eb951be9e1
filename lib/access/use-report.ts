import { z } from "zod";
import type { UseTally } from "#lib/access/use-tally.ts";
import { addSeconds } from "#lib/clock.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/** The most clients of one report. */
export const REPORTED_MAX = 500;

/** No report counts more of one client. */
export const REPORTED_COUNT_MAX = 10_000_000;

/** What lies further back has been counted before, or is nobody's business any more. */
const REPORTED_DAYS = 7;

/** The clock of a proxy may be ahead by so much. */
const AHEAD_SECONDS = 300;

const DAY_SECONDS = 86_400;

const count = z
  .int({ error: "is no whole number" })
  .min(0, { error: "is negative" })
  .max(REPORTED_COUNT_MAX, { error: `is more than ${REPORTED_COUNT_MAX}` })
  .default(0);

/** What a proxy that decides itself says of the use of a service since its last report. */
export const useReportSchema = z.strictObject({
  uses: z
    .array(
      z.strictObject({
        /** Id of the client, as allowlists have it. */
        client: z.string().max(100, { error: "is longer than 100 characters" }),
        permitted: count,
        refused: count,
        /** When it came last. */
        lastAt: z.iso.datetime({ offset: true, error: "is no time like 2027-03-01T12:00:00Z" }),
      }),
    )
    .max(REPORTED_MAX, { error: `are more than ${REPORTED_MAX}` }),
});

/** What became of a report. */
export interface UseReported {
  /** How many clients it was counted for. */
  counted: number;
  /** Ids to which nothing of the service was ever granted. */
  unknown: string[];
}

/**
 * Counts use that a proxy saw which decides by a file. It is counted in the hour in which the client came last, and
 * for clients alone to which something of the service is or was granted. A report without any use says that there was
 * none.
 *
 * @throws DomainError `malformed`, naming the field; `unavailable` without the database
 */
export async function reportUse(
  { database: { read }, clock }: Installation,
  tally: Pick<UseTally, "report">,
  place: { serviceId: string; proxyId: string },
  input: unknown,
): Promise<UseReported> {
  const { uses } = parsed(useReportSchema, input as z.input<typeof useReportSchema>);
  const now = clock.now();
  const wanted = uses.map(({ lastAt, ...use }, index) => {
    const at = new Date(lastAt);
    if (!(at >= addSeconds(now, -REPORTED_DAYS * DAY_SECONDS) && at <= addSeconds(now, AHEAD_SECONDS))) {
      throw malformed(
        `uses.${index}.lastAt`,
        "use.time",
        `lastAt is a time within the last ${REPORTED_DAYS} days.`,
      );
    }
    return { ...use, lastAt: at > now ? now : at };
  });
  const { serviceId } = place;
  const granted = await read.grant.findMany({
    where: { serviceId, clientId: { in: [...new Set(wanted.map(({ client }) => client))] } },
    select: { clientId: true },
    distinct: ["clientId"],
  });
  const known = new Set(granted.map(({ clientId }) => clientId));
  // That there was a report is kept as use of nobody, so that it is known where use would be told.
  tally.report({ ...place, clientId: "", permitted: 0, refused: 0, lastAt: now });
  const counted = wanted.filter(({ client }) => known.has(client));
  for (const { client: clientId, ...use } of counted) tally.report({ ...place, clientId, ...use });
  return {
    counted: counted.length,
    unknown: wanted.map(({ client }) => client).filter((client) => !known.has(client)),
  };
}
