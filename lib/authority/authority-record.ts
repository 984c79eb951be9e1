import { appendAudit } from "#lib/audit/append.ts";
import type { makeKey } from "#lib/authority/key-store.ts";
import { type RefusedAuthority, refusedInPath, spokenRefusal } from "#lib/authority/refused-authority.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { sortNameOf } from "#lib/inventory/cohort.ts";
import { joinInventory, type NewMember, settleInventory } from "#lib/inventory/enter-inventory.ts";
import { recordIssuerCandidate } from "#lib/inventory/issuer-candidate.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { sha1Fingerprint, sha256Fingerprint, spkiSha256 } from "#lib/x509/fingerprint.ts";
import { formatName } from "#lib/x509/name.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";

/** What is written for an authority, however it came to be. */
export interface AuthorityRecord {
  key: Awaited<ReturnType<typeof makeKey>>;
  der: Uint8Array<ArrayBuffer>;
  name: string;
  parentId: string | null;
  purposes: readonly ("server" | "client")[];
  nameConstraints: NameConstraints | null;
  pathLength: number | null;
  /** PEM of the certificates above that are not ours, up to the root. */
  issuersAbove: string;
  source: "system" | "import";
  /** The number of the last CRL that was published elsewhere; ours go on above it. */
  crlNumber?: bigint | undefined;
  action: "authority.created" | "authority.imported";
  now: Date;
  /** What belongs in the same transaction; comes first in it. */
  alongside?: ((transaction: Transaction, id: string) => Promise<void>) | undefined;
}

/** Writes key, certificate, authority and audit event. @returns the authority's id */
export async function recordAuthority(
  installation: Installation,
  actor: Actor,
  record: AuthorityRecord,
): Promise<string> {
  const { der, now } = record;
  const certificate = parseCertificate(der);
  const id = newId();
  const certificateId = newId();
  await installation.database.write(async (transaction) => {
    await record.alongside?.(transaction, id);
    const sha256 = sha256Fingerprint(der);
    if ((await transaction.certificate.count({ where: { sha256 } })) > 0) {
      throw new DomainError("conflict", "This authority's certificate is already here.");
    }
    if (record.action === "authority.created") {
      await checkParentNow(transaction, record.parentId, installation.clock.now());
    }
    const slug = await freeSlug(transaction, record.name);
    await transaction.authorityKey.create({ data: record.key });
    const steps = sqlSteps(installation.database, transaction);
    const member: NewMember = {
      id: certificateId,
      lineageId: certificateId,
      keySha256: spkiSha256(record.key.spki),
      replacesId: null,
      kind: "authority",
      issuerId: record.parentId,
      issuerName: formatName(certificate.issuer),
      profileId: null,
      keyAlgorithm: record.key.algorithm,
      source: record.source,
      risks: [],
    };
    const memberships = await joinInventory(steps, [member]);
    await transaction.certificate.create({
      data: {
        id: certificateId,
        cohortId: memberships[0]?.cohortId ?? null,
        sortName: sortNameOf(record.name),
        serial: certificate.serialNumber,
        issuerId: record.parentId,
        profileId: null,
        status: "issued",
        kind: "authority",
        displayName: record.name,
        subject: formatName(certificate.subject),
        issuerName: formatName(certificate.issuer),
        notBefore: certificate.notBefore,
        notAfter: certificate.notAfter,
        keyAlgorithm: record.key.algorithm,
        keySha256: spkiSha256(record.key.spki),
        sha256,
        sha1: sha1Fingerprint(der),
        body: der,
        source: record.source,
        lineageId: certificateId,
        requestedBy: actor.name,
        createdAt: now,
      },
    });
    await settleInventory(steps, memberships);
    await recordIssuerCandidate(steps, certificateId, formatName(certificate.subject));
    await transaction.authority.create({
      data: {
        id,
        slug,
        name: record.name,
        kind: record.parentId === null && record.issuersAbove === "" ? "root" : "intermediate",
        parentId: record.parentId,
        keyId: record.key.id,
        certificateId,
        purposes: JSON.stringify(record.purposes),
        nameConstraints: JSON.stringify(record.nameConstraints),
        pathLength: record.pathLength,
        issuersAbove: record.issuersAbove,
        distributionBase: installation.config.protocolUrl,
        status: "active",
        version: 1,
        createdAt: now,
        // From now on there is a CRL to publish, if only an empty one.
        publication: { create: { number: record.crlNumber ?? 0n } },
      },
    });
    await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
    await appendAudit(transaction, actor, now, {
      action: record.action,
      object: { kind: "authority", id, name: record.name },
      details: {
        serial: certificate.serialNumber,
        sha256,
        subject: formatName(certificate.subject),
        notAfter: certificate.notAfter.toISOString(),
        keyAlgorithm: record.key.algorithm,
        parentId: record.parentId,
        purposes: record.purposes,
        nameConstraints: record.nameConstraints,
      },
    });
  });
  return id;
}

/** Making the key takes a while, in which somebody may have retired or revoked the parent. */
async function checkParentNow(transaction: Transaction, parentId: string | null, now: Date): Promise<void> {
  if (parentId === null) return;
  const parent = await transaction.authority.findUnique({
    where: { id: parentId },
    select: { name: true, status: true, certificate: { select: { notAfter: true } } },
  });
  if (parent === null) throw new DomainError("notFound", "The parent authority does not exist.");
  const refused = await refusedInPath(transaction, parentId);
  checkUsable({ ...parent, notAfter: parent.certificate.notAfter, refused }, now);
}

/** @throws DomainError unless it may sign an authority now */
export function checkUsable(
  authority: { name: string; status: string; notAfter: Date; refused: RefusedAuthority | null },
  now: Date,
): void {
  const { name, status, notAfter, refused } = authority;
  if (refused !== null) throw policyViolation("parentId", "authority.revocation", spokenRefusal(refused));
  if (notAfter <= now) throw new DomainError("expired", `The authority ${name} has expired.`);
  if (status !== "active") {
    throw policyViolation("parentId", "authority.status", `The authority ${name} is retired.`);
  }
}

/** Names of bundles under /trust, which no authority may take. */
const RESERVED_SLUGS = new Set(["servers", "clients"]);

async function freeSlug(transaction: Transaction, name: string): Promise<string> {
  const base =
    name
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 48) || "authority";
  for (let number = 1; ; number++) {
    const slug = number === 1 ? base : `${base}-${number}`;
    if (RESERVED_SLUGS.has(slug)) continue;
    const taken =
      (await transaction.authority.count({ where: { slug } })) +
      (await transaction.trustBundle.count({ where: { slug } }));
    if (taken === 0) return slug;
  }
}
