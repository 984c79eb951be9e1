import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, policyViolation, type Violation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { changedMeanwhile } from "#lib/identity/changed-meanwhile.ts";
import type { Installation } from "#lib/installation.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { isAnchor } from "#lib/inventory/trust-anchor.ts";
import {
  type BundleChange,
  type BundleInput,
  bundleChangeSchema,
  bundleInputSchema,
  RESERVED_BUNDLE_SLUGS,
} from "#lib/inventory/trust-bundle-input.ts";
import { parsed } from "#lib/parse.ts";

/**
 * Creates a trust bundle, which is published at once.
 *
 * @returns its id
 * @throws DomainError `malformed`; `conflict` when the short name is taken; `policyViolation` for a member that is no
 *   authority; each naming the field
 */
export async function createBundle(
  installation: Installation,
  actor: Actor,
  input: BundleInput,
): Promise<string> {
  authorize(actor, "bundle:change");
  const wanted = parsed(bundleInputSchema, input);
  const now = installation.clock.now();
  const anchors = await readAnchors(installation, wanted.members);
  const id = newId();
  await installation.database.write(async (transaction) => {
    await checkSlug(transaction, wanted.slug);
    const { slug, name, description } = wanted;
    await transaction.trustBundle.create({
      data: { id, slug, name, description, version: 1, createdAt: now, changedAt: now },
    });
    await addMembers(transaction, id, anchors, now);
    await published(transaction);
    await appendAudit(transaction, actor, now, {
      action: "bundle.created",
      object: { kind: "bundle", id, name },
      details: { after: { slug, name, description, members: anchors.map(spoken) } },
    });
  });
  return id;
}

/**
 * Changes name, description and members of a trust bundle; what is left out stays. Its address stays too.
 *
 * @param version the version that the person saw; another one means that somebody was faster
 * @throws DomainError `notFound`, `conflict` naming who changed it meanwhile, `malformed`, `policyViolation`
 */
export async function changeBundle(
  installation: Installation,
  actor: Actor,
  id: string,
  version: number,
  change: Partial<BundleChange>,
): Promise<void> {
  authorize(actor, "bundle:change");
  const wanted = parsed(bundleChangeSchema.partial(), change);
  const now = installation.clock.now();
  const anchors = wanted.members === undefined ? null : await readAnchors(installation, wanted.members);
  await installation.database.write(async (transaction) => {
    const before = await unchangedBundle(transaction, id, version);
    const members = before.members.map(({ certificate }) => certificate);
    const name = wanted.name ?? before.name;
    const description = wanted.description ?? before.description;
    const after = anchors ?? members;
    const added = after.filter(({ id: each }) => !members.some((member) => member.id === each));
    const removed = members.filter(({ id: each }) => !after.some((member) => member.id === each));
    if (name === before.name && description === before.description && added.length + removed.length === 0) {
      return;
    }
    await transaction.trustBundleMember.deleteMany({
      where: { bundleId: id, certificateId: { in: removed.map((member) => member.id) } },
    });
    await addMembers(transaction, id, added, now);
    await transaction.trustBundle.update({
      where: { id },
      data: { name, description, version: version + 1, changedAt: now },
    });
    await published(transaction);
    await appendAudit(transaction, actor, now, {
      action: "bundle.changed",
      object: { kind: "bundle", id, name },
      details: {
        before: { name: before.name, description: before.description, members: members.map(spoken) },
        after: { name, description, members: after.map(spoken) },
        added: added.map(spoken),
        removed: removed.map(spoken),
      },
    });
  });
}

/**
 * Deletes a trust bundle. Its address answers 404 from then on; relying parties keep what they fetched.
 *
 * @param version the version that the person saw
 * @throws DomainError `notFound`, `conflict` naming who changed it meanwhile
 */
export async function deleteBundle(
  installation: Installation,
  actor: Actor,
  id: string,
  version: number,
): Promise<void> {
  authorize(actor, "bundle:change");
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const { slug, name, description, members } = await unchangedBundle(transaction, id, version);
    await transaction.trustBundleMember.deleteMany({ where: { bundleId: id } });
    await transaction.trustBundle.delete({ where: { id } });
    await published(transaction);
    await appendAudit(transaction, actor, now, {
      action: "bundle.deleted",
      object: { kind: "bundle", id, name },
      details: {
        before: { slug, name, description, members: members.map(({ certificate }) => spoken(certificate)) },
      },
    });
  });
}

interface Anchor {
  id: string;
  displayName: string;
  sha256: string | null;
}

const spoken = ({ displayName, sha256 }: Anchor) => `${displayName} (${sha256})`;

/** Certificates never change, so that they can be judged before the transaction. */
async function readAnchors(installation: Installation, ids: readonly string[]): Promise<Anchor[]> {
  const rows = await installation.database.read.certificate.findMany({
    where: { id: { in: [...ids] }, ...ISSUED },
    select: { id: true, displayName: true, sha256: true, body: true },
  });
  const violations: Violation[] = [];
  const anchors = ids.flatMap((id, index): Anchor[] => {
    const row = rows.find((each) => each.id === id);
    const problem =
      row === undefined
        ? { rule: "bundle.member.exists", detail: `There is no certificate with the id ${id}.` }
        : isAnchor(row.body)
          ? null
          : {
              rule: "rfc5280.4.2.1.9",
              detail: `${row.displayName} is an end-entity certificate: a trust bundle holds certificates of authorities only (CA:TRUE).`,
            };
    if (problem !== null) violations.push({ field: `members.${index}`, ...problem });
    return row === undefined ? [] : [{ id, displayName: row.displayName, sha256: row.sha256 }];
  });
  if (violations.length > 0) {
    throw new DomainError("policyViolation", violations.map(({ detail }) => detail).join(" "), {
      violations,
    });
  }
  return anchors;
}

async function checkSlug(transaction: Transaction, slug: string): Promise<void> {
  if (RESERVED_BUNDLE_SLUGS.has(slug)) {
    throw policyViolation(
      "slug",
      "bundle.slug.reserved",
      `The short name ${slug} is kept for Countersign's own.`,
    );
  }
  const [bundles, authorities] = [
    await transaction.trustBundle.count({ where: { slug } }),
    await transaction.authority.count({ where: { slug } }),
  ];
  if (bundles + authorities === 0) return;
  const detail =
    bundles > 0
      ? `There is a trust bundle ${slug} already.`
      : `The authority ${slug} is published at /trust/${slug}.pem already; choose another short name.`;
  throw new DomainError("conflict", detail, {
    violations: [{ field: "slug", rule: "bundle.slug.unique", detail }],
  });
}

/** Ids of members rise, so that those added later stand behind. */
async function addMembers(
  transaction: Transaction,
  bundleId: string,
  anchors: readonly Anchor[],
  addedAt: Date,
): Promise<void> {
  if (anchors.length === 0) return;
  const ids = anchors.map(() => newId()).sort();
  await transaction.trustBundleMember.createMany({
    data: anchors.map(({ id }, index) => ({
      id: ids[index] as string,
      bundleId,
      certificateId: id,
      addedAt,
    })),
  });
}

async function unchangedBundle(transaction: Transaction, id: string, version: number) {
  const before = await transaction.trustBundle.findUnique({
    where: { id },
    include: {
      members: {
        orderBy: { id: "asc" },
        select: { certificate: { select: { id: true, displayName: true, sha256: true } } },
      },
    },
  });
  if (before === null) throw new DomainError("notFound", "There is no such trust bundle.");
  if (before.version !== version) {
    throw await changedMeanwhile(transaction, { kind: "bundle", id, name: before.name });
  }
  return before;
}

/** Tells every instance that what it keeps in memory to publish is out of date. */
async function published(transaction: Transaction): Promise<void> {
  await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
}
