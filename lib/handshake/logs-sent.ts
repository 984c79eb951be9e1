import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/** Whether any proxy ever sent lines of its log. @throws DomainError `forbidden` */
export async function wereLogsSent({ database: { read } }: Installation, actor: Actor): Promise<boolean> {
  authorize(actor, "failure:read");
  const [log, batch, failure] = await Promise.all([
    read.proxyLog.findFirst({ select: { proxyId: true } }),
    read.ingestBatch.findFirst({ select: { proxyId: true } }),
    read.failure.findFirst({ select: { id: true } }),
  ]);
  return log !== null || batch !== null || failure !== null;
}
