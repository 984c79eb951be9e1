import { filterOf } from "#lib/authority/bulk-collect.ts";
import { type ObstacleKind, renewalObstacles } from "#lib/authority/bulk-obstacles.ts";
import { BULK_PERMISSIONS } from "#lib/authority/bulk-run.ts";
import type { Selection } from "#lib/authority/bulk-start.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { matchingCertificateIds } from "#lib/inventory/certificate-list.ts";

/** What a run on many certificates would do. */
export interface SelectionPreview<Kind extends string> {
  /** How many were looked at. */
  count: number;
  /** How many of them nothing stands in the way of. */
  possible: number;
  obstacles: Partial<Record<Kind, number>>;
  /** There are more than were looked at. */
  more: boolean;
}

/** What a renewal of many would do. */
export type RenewalPreview = Omit<SelectionPreview<ObstacleKind>, "possible"> & { renewable: number };

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
  const look = (ids: readonly string[]) => renewalObstacles(installation, ids);
  const { possible, ...preview } = await previewSelection(installation, actor, selection, look, milliseconds);
  return { ...preview, renewable: possible };
}

/**
 * Counts what stands in the way of a run, for callers that have seen to it that the actor may start it.
 *
 * @param look what stands in the way of some certificates
 */
export async function previewSelection<Kind extends string>(
  installation: Installation,
  actor: Actor,
  selection: Selection,
  look: (ids: readonly string[]) => Promise<ReadonlyMap<string, { kind: Kind }>>,
  milliseconds = LOOK_MS,
): Promise<SelectionPreview<Kind>> {
  const until = performance.now() + milliseconds;
  const preview: SelectionPreview<Kind> = { count: 0, possible: 0, obstacles: {}, more: false };
  let parts = 0;
  for await (const ids of selectedIds(installation, actor, selection)) {
    if (preview.count >= LOOKED_AT_MAX || (parts++ > 0 && performance.now() >= until)) {
      preview.more = true;
      break;
    }
    const obstacles = await look(ids);
    preview.count += ids.length;
    preview.possible += ids.length - obstacles.size;
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
