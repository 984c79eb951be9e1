import type { ItemResult } from "#lib/authority/bulk-claim.ts";
import { certificateItemSchema } from "#lib/authority/bulk-items.ts";
import { renewalObstacles } from "#lib/authority/bulk-obstacles.ts";
import {
  type BulkContext,
  issuedAmong,
  issuerUnder,
  type Piece,
  resultOfFailure,
} from "#lib/authority/bulk-work.ts";
import { renewWithSameKey } from "#lib/authority/renew.ts";

/** How many are renewed at once. */
export const RENEW_PIECE = 48;

/** Renews certificates for the keys that they have; what cannot be renewed is passed over with its reason. */
export async function renewPiece(context: BulkContext, { items }: Piece): Promise<ItemResult[]> {
  const { installation, issuer, actor } = context;
  const orders = items.map((item) => ({
    item,
    old: certificateItemSchema.parse(JSON.parse(item.input)).certificate,
    certificateId: item.certificateId ?? item.id,
  }));
  const issued = await issuedAmong(
    installation,
    orders.map((order) => order.certificateId),
  );
  const obstacles = await renewalObstacles(
    installation,
    orders.map((order) => order.old),
  );
  const results = await Promise.all(
    orders.map(async ({ item, old, certificateId }): Promise<ItemResult | null> => {
      // Before the obstacles: one that this run renewed has been renewed, and that is no obstacle.
      if (issued.has(certificateId)) return { id: item.id, status: "done", message: "" };
      const obstacle = obstacles.get(old);
      if (obstacle !== undefined) return { id: item.id, status: "skipped", message: obstacle.sentence };
      try {
        await renewWithSameKey(installation, issuerUnder(issuer, certificateId), actor, old);
        return { id: item.id, status: "done", message: "" };
      } catch (error) {
        return resultOfFailure(installation, item, certificateId, error, ["conflict"]);
      }
    }),
  );
  return results.flatMap((result) => result ?? []);
}
