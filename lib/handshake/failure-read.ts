import { z } from "zod";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import type { Cause } from "./causes.ts";
import type { Certainty, Diagnosis } from "./diagnosis.ts";
import { causeOf, causesOf, type ListedFailure, shownFailures } from "./failure-view.ts";

/** A failure with all that is known of it. */
export interface ShownFailure extends ListedFailure {
  /** Of its last event. */
  diagnosis: Pick<Diagnosis, "evidence" | "acts" | "action" | "question" | "missingDirective"> | null;
  /** Ids of certificates of the inventory by which it was seen; 20 at most. */
  certificates: string[];
  /** Where it was seen and no success has been since; null when there are too many to tell. */
  addresses: string[] | null;
  /** What became of it, the newest first; 100 at most. */
  changes: { at: Date; what: string; actorName: string; why: string }[];
}

/** One handshake of a failure. */
export interface ShownEvent {
  id: string;
  at: Date;
  receivedAt: Date;
  cause: Cause;
  certainty: Certainty;
  candidates: Cause[];
  presentedName: string;
  certificateId: string | null;
  tls: string;
  peer: string;
  /** As they came; show them as text. */
  lines: string[];
}

const CERTIFICATES_SHOWN = 20;
const CHANGES_SHOWN = 100;

/** @throws DomainError `forbidden`, `notFound` */
export async function getFailure(
  { database: { read }, clock }: Installation,
  actor: Actor,
  id: string,
): Promise<ShownFailure> {
  authorize(actor, "failure:read");
  const row = isReference(id) ? await read.failure.findUnique({ where: { id } }) : null;
  const [listed] = row === null ? [] : await shownFailures(read, [row], clock.now());
  if (row === null || listed === undefined) throw new DomainError("notFound", "There is no such failure.");
  const [certificates, changes] = await Promise.all([
    read.failureCertificate.findMany({ where: { failureId: id }, take: CERTIFICATES_SHOWN }),
    read.failureChange.findMany({
      where: { failureId: id },
      orderBy: [{ at: "desc" }, { id: "desc" }],
      take: CHANGES_SHOWN,
      select: { at: true, what: true, actorName: true, why: true },
    }),
  ]);
  return {
    ...listed,
    diagnosis: diagnosisOf(row.diagnosis),
    certificates: certificates.map(({ certificateId }) => certificateId),
    // Written by failure-row.ts only.
    addresses: row.addresses === "" ? null : (JSON.parse(row.addresses) as string[]),
    changes,
  };
}

export interface EventListing {
  after?: string | undefined;
  /** 50 when absent, 200 at most. */
  limit?: number | undefined;
}

const LIMIT_MAX = 200;

/**
 * Events of a failure, the newest first.
 *
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function listEvents(
  { database: { read } }: Installation,
  actor: Actor,
  failureId: string,
  { after, limit = 50 }: EventListing = {},
): Promise<{ events: ShownEvent[]; next: string | null }> {
  authorize(actor, "failure:read");
  if (!isReference(failureId)) return { events: [], next: null };
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const rows = await read.handshakeEvent.findMany({
    where: { failureId, ...(after === undefined ? {} : beyond(after)) },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: size + 1,
  });
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    events: page.map((row) => ({
      ...{ id: row.id, at: row.at, receivedAt: row.receivedAt, cause: causeOf(row.cause) },
      certainty: row.certainty as Certainty, // written from a diagnosis
      candidates: causesOf(row.candidates),
      ...{ presentedName: row.presentedName, certificateId: row.certificateId, tls: row.tls, peer: row.peer },
      lines: row.lines.split("\n"),
    })),
    next: rows.length > size && last !== undefined ? `${last.at.getTime()}-${last.id}` : null,
  };
}

const CURSOR = /^(\d{1,15})-([0-9a-z]{1,40})$/;

function beyond(cursor: string) {
  const [, time, id = ""] = CURSOR.exec(cursor) ?? [];
  const at = new Date(Number(time));
  if (Number.isNaN(at.getTime())) throw malformed("after", "cursor", "after is not a cursor of this list.");
  return { at: { lte: at }, OR: [{ at: { lt: at } }, { id: { lt: id } }] };
}

const stored = z.object({
  evidence: z.array(z.object({ from: z.enum(["line", "inventory"]), text: z.string() })),
  acts: z.string(),
  action: z.object({ words: z.string() }).loose(),
});

/** Null for one that was too long to be kept, or that another version wrote. */
function diagnosisOf(json: string): ShownFailure["diagnosis"] {
  const value: unknown = JSON.parse(json);
  return stored.safeParse(value).success ? (value as NonNullable<ShownFailure["diagnosis"]>) : null;
}
