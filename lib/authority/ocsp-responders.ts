import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/** The OCSP responder of an authority, as a screen shows it. */
export interface OcspResponderView {
  authorityId: string;
  certificateId: string;
  notAfter: Date;
  renewAt: Date;
}

/** The responders that there are, one for each authority that has not ended. @throws DomainError `forbidden` */
export async function ocspResponders(installation: Installation, actor: Actor): Promise<OcspResponderView[]> {
  authorize(actor, "authority:read");
  return installation.database.read.ocspResponder.findMany({
    select: { authorityId: true, certificateId: true, notAfter: true, renewAt: true },
    orderBy: { authorityId: "asc" },
  });
}
