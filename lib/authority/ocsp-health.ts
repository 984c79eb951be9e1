import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";

/** A responder is made within seconds, and renewed within seconds of its time. */
const WITHIN_SECONDS = 60;

/** What is wrong with the OCSP responders, one sentence for each that does not do its work or soon will not. */
export async function ocspProblems({ database, clock }: Installation): Promise<string[]> {
  const now = clock.now();
  const authorities = await database.read.authority.findMany({
    where: { certificate: { notAfter: { gt: now } } },
    select: { slug: true, createdAt: true, responder: { select: { notAfter: true, renewAt: true } } },
    orderBy: { createdAt: "asc" },
  });
  return authorities.flatMap(({ slug, createdAt, responder }) => {
    if (responder === null) {
      return addSeconds(createdAt, WITHIN_SECONDS) > now ? [] : `${slug} has no OCSP responder`;
    }
    const { notAfter, renewAt } = responder;
    if (notAfter <= now) return `the OCSP responder of ${slug} expired at ${notAfter.toISOString()}`;
    if (addSeconds(renewAt, WITHIN_SECONDS) > now) return [];
    return `the OCSP responder of ${slug} is not renewed: the present one ends at ${notAfter.toISOString()}`;
  });
}
