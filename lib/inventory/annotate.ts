import { z } from "zod";
import { type AuditEntry, appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { type CohortFacts, changeCohort } from "#lib/inventory/cohort.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { parsed } from "#lib/parse.ts";
import { isReference } from "#lib/reference.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import { deception, deceptionOfParagraph, readable } from "#lib/x509/readable-text.ts";

/** Whom to ask about a certificate: a person or a team. Empty means nobody. */
export const ownerSchema = z
  .string()
  .trim()
  .max(100, { error: "is longer than 100 characters" })
  .superRefine(readable(deception));

/** A word by which certificates are grouped: "production", "team:payments". */
export const tagSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._:/=@-]{0,39}$/, {
    error:
      "may hold letters, digits and . _ : / = @ - between them, begins with a letter or digit, 40 characters at most",
  });

/** The most tags of one certificate. */
export const TAGS_MAX = 20;

/** The longest notes, in characters. */
export const NOTES_MAX = 10_000;

/** The most certificates that one call changes. */
export const ANNOTATE_MAX = 200;

/** What is changed of owner and tags. */
export const changeSchema = z.strictObject({
  owner: ownerSchema.optional(),
  addTags: z.array(tagSchema).max(TAGS_MAX).optional(),
  removeTags: z.array(tagSchema).max(TAGS_MAX).optional(),
});

export type Annotation = z.input<typeof changeSchema>;

export interface Annotated {
  id: string;
  changed: boolean;
  /** Why it stayed as it was although it should have changed. */
  refusal?: string;
}

/** Notes, with one way to end a line. */
export const notesSchema = z
  .string()
  .transform((text) => text.replaceAll("\r\n", "\n").trimEnd())
  .pipe(
    z
      .string()
      .max(NOTES_MAX, { error: `are longer than ${NOTES_MAX.toLocaleString("en")} characters` })
      .superRefine(readable(deceptionOfParagraph)),
  );

/** Certificates in one transaction, which others wait for. */
const PART = 40;

/**
 * Sets the owner and the tags of certificates. Each that changes has an audit event of its own, so that its
 * history is whole.
 *
 * @param ids at most ANNOTATE_MAX; those that are no issued certificate are left out of the answer
 * @param change `owner` "" for nobody; what is absent stays
 * @throws DomainError `malformed`, `forbidden`
 */
export async function annotateCertificates(
  installation: Installation,
  actor: Actor,
  ids: readonly string[],
  change: Annotation,
): Promise<Annotated[]> {
  authorize(actor, "certificate:annotate");
  if (ids.length > ANNOTATE_MAX) {
    throw malformed("ids", "annotate.count", `Not more than ${ANNOTATE_MAX} certificates at once.`);
  }
  const wanted = parsed(changeSchema, change);
  const distinct = [...new Set(ids)].filter(isReference);
  const answers: Annotated[] = [];
  for (let start = 0; start < distinct.length; start += PART) {
    const part = distinct.slice(start, start + PART);
    answers.push(
      ...(await installation.database.write((transaction) =>
        annotatePart(installation, transaction, actor, part, wanted),
      )),
    );
  }
  return answers;
}

/** Changes a few certificates inside the transaction of the change. */
export async function annotatePart(
  { database, clock }: Installation,
  transaction: Transaction,
  actor: Actor,
  ids: readonly string[],
  change: z.output<typeof changeSchema>,
): Promise<Annotated[]> {
  const certificates = await transaction.certificate.findMany({
    where: { id: { in: [...ids] }, ...ISSUED },
    select: { id: true, displayName: true },
  });
  const names = new Map(certificates.map(({ id, displayName }) => [id, displayName]));
  const refusals = new Map<string, string>();
  const moved = await changeCohort(sqlSteps(database, transaction), [...names.keys()], (facts, id) => {
    const after = annotated(facts, change);
    if (after.tags.length <= TAGS_MAX) return after;
    refusals.set(id, `It would have ${after.tags.length} tags; a certificate has ${TAGS_MAX} at most.`);
    return facts;
  });
  await appendAudit(
    transaction,
    actor,
    clock.now(),
    ...moved.map(
      ({ id, before, after }): AuditEntry => ({
        action: "certificate.annotated",
        object: { kind: "certificate", id, name: names.get(id) ?? "" },
        details: {
          before: { owner: before.owner, tags: before.tags },
          after: { owner: after.owner, tags: after.tags },
        },
      }),
    ),
  );
  const changed = new Set(moved.map(({ id }) => id));
  return ids
    .filter((id) => names.has(id))
    .map((id) => {
      const refusal = refusals.get(id);
      return { id, changed: changed.has(id), ...(refusal === undefined ? {} : { refusal }) };
    });
}

function annotated(
  facts: CohortFacts,
  { owner, addTags = [], removeTags = [] }: z.output<typeof changeSchema>,
): CohortFacts {
  const removed = new Set(removeTags);
  const kept = facts.tags.filter((tag) => !removed.has(tag));
  return {
    ...facts,
    owner: owner ?? facts.owner,
    tags: [...new Set([...kept, ...addTags])].sort(),
  };
}

/**
 * Replaces the notes of a certificate.
 *
 * @param notes at most NOTES_MAX characters; shown as text
 * @param seen the notes that were on screen when the change began: other ones mean that somebody was faster
 * @throws DomainError `notFound`, `malformed`, `conflict`, `forbidden`
 */
export async function setNotes(
  installation: Installation,
  actor: Actor,
  id: string,
  notes: string,
  seen?: string,
): Promise<void> {
  authorize(actor, "certificate:annotate");
  const { notes: wanted } = parsed(z.object({ notes: notesSchema }), { notes });
  if (!isReference(id)) throw new DomainError("notFound", "There is no such certificate.");
  await installation.database.write((transaction) =>
    replaceNotes(installation, transaction, actor, id, wanted, seen),
  );
}

/** Replaces notes that keep the rules, inside the transaction of the change. */
export async function replaceNotes(
  { clock }: Installation,
  transaction: Transaction,
  actor: Actor,
  id: string,
  wanted: string,
  seen?: string,
): Promise<void> {
  const certificate = await transaction.certificate.findFirst({
    where: { id, ...ISSUED },
    select: { displayName: true, notes: true },
  });
  if (certificate === null) throw new DomainError("notFound", "There is no such certificate.");
  if (seen !== undefined && seen !== certificate.notes) {
    throw new DomainError(
      "conflict",
      "Somebody changed the notes meanwhile. Copy what you wrote, load the page again and put both together.",
    );
  }
  if (certificate.notes === wanted) return;
  await transaction.certificate.update({ where: { id }, data: { notes: wanted } });
  await appendAudit(transaction, actor, clock.now(), {
    action: "certificate.notes-changed",
    object: { kind: "certificate", id, name: certificate.displayName },
    details: { before: { notes: certificate.notes }, after: { notes: wanted } },
  });
}
