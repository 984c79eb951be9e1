import type { IssueItem } from "#lib/authority/bulk-items.ts";
import type { BulkContext } from "#lib/authority/bulk-work.ts";
import { annotateCertificates } from "#lib/inventory/annotate.ts";

/** Gives certificates the owner and tags of their rows; those that want the same are annotated together. */
export async function annotateIssued(
  { installation, actor }: Pick<BulkContext, "installation" | "actor">,
  orders: readonly { input: IssueItem; certificateId: string }[],
): Promise<void> {
  const groups = new Map<string, { owner: string; tags: string[]; ids: string[] }>();
  for (const { input, certificateId } of orders) {
    const { owner, tags } = input;
    if (owner === "" && tags.length === 0) continue;
    const key = JSON.stringify([owner, tags]);
    const group = groups.get(key) ?? { owner, tags, ids: [] };
    group.ids.push(certificateId);
    groups.set(key, group);
  }
  for (const { owner, tags, ids } of groups.values()) {
    await annotateCertificates(installation, actor, ids, {
      ...(owner === "" ? {} : { owner }),
      addTags: tags,
    });
  }
}
