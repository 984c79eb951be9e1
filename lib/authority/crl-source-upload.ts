import { applyCrlSource } from "#lib/authority/crl-source-apply.ts";
import { insertSource } from "#lib/authority/crl-source-change.ts";
import { checkCrl } from "#lib/authority/crl-source-check.ts";
import { type CrlIssuer, findCrlIssuer } from "#lib/authority/crl-source-issuer.ts";
import { deletionGoesOn, isBeingDeleted, noSuchSource } from "#lib/authority/crl-source-read.ts";
import { type TakenCrl, takeCrl } from "#lib/authority/crl-source-take.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { isReference } from "#lib/reference.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";

/** A CRL of another authority that somebody uploads, in DER or PEM. */
export interface CrlUpload {
  /** For which source it is; absent: found by its issuer, and made when there is none. */
  sourceId?: string | undefined;
  /** Content-Length, or null. */
  declaredBytes: number | null;
  content: AsyncIterable<Uint8Array>;
}

/** What became of it. */
export interface UploadedCrl extends TakenCrl {
  /** Whether its source was made for it. */
  created: boolean;
  /** What it changed in the inventory; null while that is still going on. */
  applied: { revoked: number; held: number; restored: number } | null;
}

/** 64 MB in DER is what is read, and PEM has four characters for three bytes. */
const UPLOAD_BYTES_MAX = 90 * 1024 * 1024;

/** How long an answer waits for the inventory; the rest is done in the background. */
const APPLIED_WITHIN_MS = 5_000;

/** Uploads of this process that are in memory. */
let running = 0;
const RUNNING_MAX = 2;

/**
 * Takes over a CRL of a foreign authority. Its signature must be that of a key whose certificate is in the inventory,
 * and it must not be older than the one that is there; one that has expired is accepted with a warning.
 *
 * @throws DomainError `tooLarge`; `malformed`; `notFound` when its issuer is not known; `policyViolation` for a delta or
 *   partial one, a wrong signature and the like; `conflict` for an old one; `rateLimited` while others are read
 */
export async function uploadCrl(
  installation: Installation,
  actor: Actor,
  upload: CrlUpload,
): Promise<UploadedCrl> {
  authorize(actor, "crl:manage");
  if (running >= RUNNING_MAX) {
    throw new DomainError("rateLimited", "Other CRLs are being read; try again in a moment.");
  }
  running++;
  try {
    const crl = readCrl(await collected(upload));
    const { sourceId, created } = await sourceOf(installation, actor, upload.sourceId, crl);
    const taken = await takeCrl(installation, actor, sourceId, crl, "crl.uploaded", async () => true);
    if (taken === null) throw noSuchSource();
    return { ...taken, created, applied: await appliedSoon(installation, sourceId) };
  } finally {
    running--;
  }
}

async function collected({ content, declaredBytes }: CrlUpload): Promise<Uint8Array> {
  if (declaredBytes !== null && declaredBytes > UPLOAD_BYTES_MAX) throw tooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of content) {
      size += part.length;
      if (size > UPLOAD_BYTES_MAX) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError("malformed", "The upload ended early.", { cause: error });
  }
  if (size === 0) throw new DomainError("malformed", "There is nothing in the file.");
  return Buffer.concat(parts);
}

function tooLarge(): DomainError {
  const detail = "A CRL of more than 64 MB is not read.";
  return new DomainError("tooLarge", detail, { violations: [{ field: "crl", rule: "crl.size", detail }] });
}

/** The source that is named, that of the CRL's issuer, or a new one. */
async function sourceOf(
  installation: Installation,
  actor: Actor,
  named: string | undefined,
  crl: ReturnType<typeof readCrl>,
): Promise<{ sourceId: string; created: boolean }> {
  const { database, clock } = installation;
  if (named !== undefined) {
    if (!isReference(named)) throw noSuchSource();
    return { sourceId: named, created: false };
  }
  const issuer = await findCrlIssuer(installation, crl);
  const there = await sourceOfIssuer(installation, issuer);
  if (there !== null) return { sourceId: there, created: false };
  await checkCrl(crl, issuer, clock.now()); // before anything is made for it
  const sourceId = await database.write((transaction) =>
    insertSource(installation, transaction, actor, issuer, { url: "" }),
  );
  return { sourceId, created: true };
}

/** A source is one of a name and a key; their certificate may have been renewed. */
async function sourceOfIssuer(
  { database }: Installation,
  { issuerName, parsed }: CrlIssuer,
): Promise<string | null> {
  const sources = await database.read.crlSource.findMany({
    where: { issuerName },
    select: { id: true, certificateId: true, failure: true },
  });
  const keys = await database.read.certificate.findMany({
    where: { id: { in: sources.map(({ certificateId }) => certificateId) }, keySha256: parsed.spkiSha256 },
    select: { id: true },
  });
  const source = sources.find(({ certificateId }) => keys.some(({ id }) => id === certificateId));
  if (source === undefined) return null;
  if (isBeingDeleted(source)) throw deletionGoesOn();
  return source.id;
}

/** What cannot be done at once, or is in the hands of another instance, the care for sources goes on with. */
async function appliedSoon(installation: Installation, sourceId: string) {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), APPLIED_WITHIN_MS);
  });
  const applying = applyCrlSource(installation, sourceId).catch((error: unknown) => {
    log("authority").warn({ err: error, source: sourceId }, "a foreign CRL is applied later");
    return null;
  });
  try {
    return await Promise.race([applying, patience]);
  } finally {
    clearTimeout(timer);
  }
}
