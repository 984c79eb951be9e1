import { filterOf } from "#lib/authority/bulk-collect.ts";
import { type ObstacleKind, renewalObstacles } from "#lib/authority/bulk-obstacles.ts";
import { BULK_PERMISSIONS } from "#lib/authority/bulk-run.ts";
import type { Selection } from "#lib/authority/bulk-start.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { matchingCertificateIds } from "#lib/inventory/certificate-list.ts";

/** What a renewal of many would do. */
export interface RenewalPreview {
  /** How many were looked at. */
  count: number;
  renewable: number;
  obstacles: Partial<Record<ObstacleKind, number>>;
  /** There are more than were looked at. */
  more: boolean;
}

/** Looking at more would keep the person waiting, who only wants to know what is roughly the matter. */
const LOOKED_AT_MAX = 20_000;
/** Where few of a million match, a part of the list takes long and holds little. */
const LOOK_MS = 2_000;
const AT_ONCE = 500;

/**
 * Which of the selected certificates a renewal would pass over, and why.
 *
 * @param milliseconds no further part of the selection is looked at after this time
 * @throws DomainError `malformed` about the selection, `forbidden`
 */
export async function previewRenewals(
  installation: Installation,
  actor: Actor,
  selection: Selection,
  milliseconds = LOOK_MS,
): Promise<RenewalPreview> {
  authorize(actor, BULK_PERMISSIONS.renew);
  const until = performance.now() + milliseconds;
  const preview: RenewalPreview = { count: 0, renewable: 0, obstacles: {}, more: false };
  let parts = 0;
  for await (const ids of selectedIds(installation, actor, selection)) {
    if (preview.count >= LOOKED_AT_MAX || (parts++ > 0 && performance.now() >= until)) {
      preview.more = true;
      break;
    }
    const obstacles = await renewalObstacles(installation, ids);
    preview.count += ids.length;
    preview.renewable += ids.length - obstacles.size;
    for (const { kind } of obstacles.values()) preview.obstacles[kind] = (preview.obstacles[kind] ?? 0) + 1;
  }
  return preview;
}

/** The ids of a selection, in parts of at most 500. */
export async function* selectedIds(
  installation: Installation,
  actor: Actor,
  selection: Selection,
): AsyncGenerator<string[]> {
  if ("ids" in selection) {
    const distinct = [...new Set(selection.ids)];
    for (let start = 0; start < distinct.length; start += AT_ONCE)
      yield distinct.slice(start, start + AT_ONCE);
    return;
  }
  const filter = filterOf(selection.query);
  let after: string | undefined;
  do {
    const page = await matchingCertificateIds(installation, actor, filter, after, AT_ONCE);
    yield page.ids;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
