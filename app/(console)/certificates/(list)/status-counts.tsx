import { countInWords } from "#components/certificate/list-count.ts";
import { StatusStrip } from "#components/certificate/status-strip.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { installation } from "#lib/installation.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";
import { CERTIFICATE_STATUSES } from "#lib/inventory/certificate-status.ts";

/** How many certificates of the whole inventory have each status. */
export async function StatusCounts({ actor }: { actor: UserActor }) {
  const counts = await Promise.all(
    CERTIFICATE_STATUSES.map(async (status) => {
      const count = await countCertificates(installation(), actor, {
        ...EVERY_CERTIFICATE,
        status: [status],
      });
      return [status, countInWords(count)] as const;
    }),
  );
  return <StatusStrip counts={Object.fromEntries(counts)} />;
}
