import { z } from "zod";
import { appendAudit } from "#lib/audit/append.ts";
import { urlRefusal } from "#lib/authority/allowed-fetch.ts";
import { withdrawSourceRevocations } from "#lib/authority/crl-source-apply.ts";
import { type CrlIssuer, crlIssuer } from "#lib/authority/crl-source-issuer.ts";
import {
  BEING_DELETED,
  deletionGoesOn,
  isBeingDeleted,
  noSuchSource,
} from "#lib/authority/crl-source-read.ts";
import { removeCrl } from "#lib/authority/crl-source-store.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { changedMeanwhile } from "#lib/identity/changed-meanwhile.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";
import { isReference } from "#lib/reference.ts";
import { deception, readable } from "#lib/x509/readable-text.ts";

/** The most foreign CRLs that are kept: each is looked after every few seconds. */
export const CRL_SOURCES_MAX = 200;

const name = z
  .string()
  .trim()
  .min(1, { error: "needs a name" })
  .max(64, { error: "is longer than 64 characters" })
  .superRefine(readable(deception));

const url = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const refusal = text === "" ? null : urlRefusal(text);
    if (refusal !== null) context.addIssue({ code: "custom", message: refusal.replace(/\.$/, "") });
  });

const inputSchema = z.strictObject({
  /** Of the issuer, in the inventory; or the SHA-256 fingerprint of one above an authority of ours. */
  certificateId: z.string().refine(isReference, { error: "is no id of a certificate" }),
  /** That of the issuer when absent. */
  name: name.optional(),
  /** Empty for one that is uploaded. */
  url: url.default(""),
});

export type CrlSourceInput = z.input<typeof inputSchema>;

const changeSchema = z.strictObject({ name: name.optional(), url: url.optional() });

export type CrlSourceChange = z.input<typeof changeSchema>;

/**
 * Begins to keep the CRL of a foreign authority. With a URL it is fetched within seconds and followed from then on.
 *
 * @returns the id of the source
 * @throws DomainError `malformed`, `notFound`, `policyViolation` for what is no foreign authority, `conflict` when its
 *   CRL is kept already
 */
export async function createCrlSource(
  installation: Installation,
  actor: Actor,
  input: CrlSourceInput,
): Promise<string> {
  authorize(actor, "crl:manage");
  const wanted = parsed(inputSchema, input);
  const issuer = await crlIssuer(installation, wanted.certificateId);
  return installation.database.write((transaction) =>
    insertSource(installation, transaction, actor, issuer, wanted),
  );
}

/** The same inside a transaction, for the source that an uploaded CRL makes. */
export async function insertSource(
  { clock }: Installation,
  transaction: Transaction,
  actor: Actor,
  issuer: CrlIssuer,
  wanted: { name?: string | undefined; url: string },
): Promise<string> {
  const now = clock.now();
  const others = await transaction.crlSource.findMany({
    select: { certificateId: true, issuerName: true, name: true, failure: true },
  });
  const keys = await transaction.certificate.findMany({
    where: {
      id: { in: others.map(({ certificateId }) => certificateId) },
      keySha256: issuer.parsed.spkiSha256,
    },
    select: { id: true },
  });
  const same = others.find(
    ({ certificateId, issuerName }) =>
      issuerName === issuer.issuerName && keys.some(({ id }) => id === certificateId),
  );
  if (same !== undefined) {
    if (isBeingDeleted(same)) throw deletionGoesOn();
    throw new DomainError("conflict", `The CRL of ${issuer.name} is kept already, as ${same.name}.`);
  }
  if (others.length >= CRL_SOURCES_MAX) {
    throw new DomainError("tooLarge", `Not more than ${CRL_SOURCES_MAX} CRLs of others are kept.`);
  }
  const id = newId();
  const shown = wanted.name ?? [...issuer.name].slice(0, 64).join("");
  await transaction.crlSource.create({
    data: {
      id,
      name: shown,
      issuerName: issuer.issuerName,
      certificateId: issuer.certificateId,
      url: wanted.url,
      fetchAt: wanted.url === "" ? null : now,
      failure: "",
      version: 1,
      createdAt: now,
    },
  });
  await appendAudit(transaction, actor, now, {
    action: "crl-source.created",
    object: { kind: "crl-source", id, name: shown },
    details: { issuer: issuer.issuerName, certificateId: issuer.certificateId, url: wanted.url },
  });
  return id;
}

/**
 * Changes name and URL; what is left out stays. With another URL it is fetched from there within seconds; without one
 * it is uploaded from then on, and what it said stays.
 *
 * @param version the version that the person saw
 * @throws DomainError `notFound`, `malformed`, `conflict` naming who changed it meanwhile
 */
export async function changeCrlSource(
  installation: Installation,
  actor: Actor,
  id: string,
  version: number,
  change: CrlSourceChange,
): Promise<void> {
  authorize(actor, "crl:manage");
  const wanted = parsed(changeSchema, change);
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const before = await unchangedSource(transaction, id, version);
    const after = { name: wanted.name ?? before.name, url: wanted.url ?? before.url };
    if (after.name === before.name && after.url === before.url) return;
    const elsewhere = after.url !== before.url;
    await transaction.crlSource.update({
      where: { id },
      data: {
        ...after,
        version: version + 1,
        ...(elsewhere ? { fetchAt: after.url === "" ? null : now, failingSince: null, failure: "" } : {}),
      },
    });
    await appendAudit(transaction, actor, now, {
      action: "crl-source.changed",
      object: { kind: "crl-source", id, name: after.name },
      details: { before: { name: before.name, url: before.url }, after },
    });
  });
}

/**
 * Keeps a foreign CRL no longer. Certificates that were revoked or held because of it are not any more, although their
 * issuer says so: whoever asks for this has been told how many (`CrlSource.revocations`).
 *
 * @param version the version that the person saw
 * @returns how many certificates came back
 * @throws DomainError `notFound`, `conflict` naming who changed it meanwhile
 */
export async function deleteCrlSource(
  installation: Installation,
  actor: Actor,
  id: string,
  version: number,
): Promise<number> {
  authorize(actor, "crl:manage");
  await installation.database.write(async (transaction) => {
    const source = await unchangedSource(transaction, id, version);
    // Without its list it revokes nothing any more, whoever goes on after a crash.
    await transaction.crlSource.update({
      where: { id },
      data: { url: "", fetchAt: null, crlId: null, failingSince: null, failure: BEING_DELETED },
    });
    await appendAudit(transaction, actor, installation.clock.now(), {
      action: "crl-source.deleted",
      object: { kind: "crl-source", id, name: source.name },
      details: {
        issuer: source.issuerName,
        url: source.url,
        withdrawn: await transaction.revocation.count({ where: { sourceId: id } }),
      },
    });
  });
  return finishDeletion(installation, actor, id);
}

async function finishDeletion(installation: Installation, actor: Actor, id: string): Promise<number> {
  const { database } = installation;
  const withdrawn = await withdrawSourceRevocations(installation, actor, id);
  const lists = await database.read.crl.findMany({ where: { sourceId: id }, select: { id: true } });
  for (const list of lists) await removeCrl(installation, list.id);
  await database.write((transaction) =>
    transaction.crlSource.deleteMany({ where: { id, failure: BEING_DELETED } }),
  );
  return withdrawn;
}

/** Finishes deletions that a process did not live to finish. */
export async function finishCrlSourceDeletions(installation: Installation, actor: Actor): Promise<void> {
  const left = await installation.database.read.crlSource.findMany({
    where: { failure: BEING_DELETED },
    select: { id: true },
  });
  for (const { id } of left) await finishDeletion(installation, actor, id);
}

async function unchangedSource(transaction: Transaction, id: string, version: number) {
  const source = isReference(id) ? await transaction.crlSource.findUnique({ where: { id } }) : null;
  if (source === null || isBeingDeleted(source)) throw noSuchSource();
  if (source.version !== version) {
    throw await changedMeanwhile(transaction, { kind: "crl-source", id, name: source.name });
  }
  return source;
}
