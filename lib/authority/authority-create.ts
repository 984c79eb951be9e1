import { appendAudit } from "#lib/audit/append.ts";
import {
  type AuthorityInput,
  authorityInputSchema,
  nameConstraintsOf,
} from "#lib/authority/authority-input.ts";
import { authorityPath } from "#lib/authority/authority-read.ts";
import { assertLintClean } from "#lib/authority/issuance-build.ts";
import { endOf } from "#lib/authority/issuer-path.ts";
import { makeKey, openSigner } from "#lib/authority/key-store.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, policyViolation, type Violation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { sortNameOf } from "#lib/inventory/cohort.ts";
import { joinInventory, type NewMember, settleInventory } from "#lib/inventory/enter-inventory.ts";
import { recordIssuerCandidate } from "#lib/inventory/issuer-candidate.ts";
import { parsed as parsedInput } from "#lib/parse.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";
import { type ParsedCertificate, parseCertificate } from "#lib/x509/certificate-reader.ts";
import { sha1Fingerprint, sha256Fingerprint, spkiSha256 } from "#lib/x509/fingerprint.ts";

import { formatName, type Name } from "#lib/x509/name.ts";
import { checkNameConstraints, violatesNameConstraints } from "#lib/x509/name-constraints.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";

const COMMON_NAME = "2.5.4.3";
const ORGANISATION = "2.5.4.10";

/**
 * Creates a root, or an intermediate below one of ours. Key, certificate and authority become
 * visible in one transaction: as the key is in this process, nothing that was not committed has
 * left it.
 *
 * @param alongside what belongs in the same transaction, given the id of the authority
 * @returns the id of the authority
 * @throws DomainError `malformed`, `policyViolation`, `expired` or `notFound`, naming the field; and what
 *   `alongside` throws
 */
export async function createAuthority(
  installation: Installation,
  actor: Actor,
  input: AuthorityInput,
  alongside?: (transaction: Transaction, id: string) => Promise<void>,
): Promise<string> {
  authorize(actor, "authority:create");
  const wanted = parsedInput(authorityInputSchema, input);
  const now = installation.clock.now();
  const parent = wanted.parentId === null ? null : await readParent(installation, wanted.parentId);
  const constraints = nameConstraintsOf(wanted);
  const notAfter = addSeconds(now, wanted.days * 86_400);
  checkAgainstParent(wanted, constraints, notAfter, parent, now);

  const key = await makeKey(installation.masterKey, wanted.keyAlgorithm, now);
  const own = openSigner(installation.masterKey, key);
  const signer = parent === null ? own : parent.signer;
  const subject = subjectOf(wanted);
  const serial = newSerialNumber();
  const toBeSigned = encodeTbsCertificate({
    serialNumber: serial,
    issuer: parent?.subjectDer ?? subject,
    subject,
    notBefore: addSeconds(now, -300),
    notAfter,
    spki: key.spki,
    signatureAlgorithm: signer.algorithm,
    extensions: {
      basicConstraints: {
        ca: true,
        ...(wanted.pathLength === null ? {} : { pathLength: wanted.pathLength }),
      },
      keyUsage: ["keyCertSign", "cRLSign"],
      // A root without it serves every purpose below. OCSPSigning is left out on purpose: it would make the
      // intermediate a delegated responder for its own issuer (RFC 6960 §4.2.2.2).
      ...(parent === null
        ? {}
        : {
            extendedKeyUsage: wanted.purposes.map((purpose) =>
              purpose === "server" ? "serverAuth" : "clientAuth",
            ),
            authorityInfoAccess: {
              ocsp: [],
              caIssuers: [`${parent.distributionBase}/ca/${parent.slug}.crt`],
            },
          }),
      subjectKeyIdentifier: keyIdentifier(key.spki),
      authorityKeyIdentifier: keyIdentifier(signer.spki),
      ...(constraints === null ? {} : { nameConstraints: constraints }),
    },
  });
  assertLintClean(toBeSigned, parent?.parsed);
  const der = assembleCertificate(toBeSigned, signer.algorithm, await signer.sign(toBeSigned));

  return recordAuthority(installation, actor, {
    key,
    der,
    name: wanted.name,
    parentId: parent?.id ?? null,
    purposes: wanted.purposes,
    nameConstraints: constraints,
    pathLength: wanted.pathLength,
    issuersAbove: parent?.issuersAbove ?? "",
    source: "system",
    action: "authority.created",
    now,
    alongside,
  });
}

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

/** Making the key takes a while, in which somebody may have retired the parent. */
async function checkParentNow(transaction: Transaction, parentId: string | null, now: Date): Promise<void> {
  if (parentId === null) return;
  const parent = await transaction.authority.findUnique({
    where: { id: parentId },
    select: { name: true, status: true, certificate: { select: { notAfter: true } } },
  });
  if (parent === null) throw new DomainError("notFound", "The parent authority does not exist.");
  checkUsable({ ...parent, notAfter: parent.certificate.notAfter }, now);
}

/** @throws DomainError unless it may sign an authority now */
function checkUsable(
  { name, status, notAfter }: Pick<Parent, "name" | "status" | "notAfter">,
  now: Date,
): void {
  if (notAfter <= now) throw new DomainError("expired", `The authority ${name} has expired.`);
  if (status !== "active") {
    throw policyViolation("parentId", "authority.status", `The authority ${name} is retired.`);
  }
}

interface Parent {
  id: string;
  slug: string;
  name: string;
  status: string;
  distributionBase: string;
  issuersAbove: string;
  purposes: string[];
  pathLength: number | null;
  /** When it, or the first of those above it, ends. */
  notAfter: Date;
  nameConstraints: NameConstraints | null;
  subjectDer: Uint8Array;
  parsed: ParsedCertificate;
  signer: ReturnType<typeof openSigner>;
}

async function readParent(installation: Installation, id: string): Promise<Parent> {
  const row = await installation.database.read.authority.findUnique({
    where: { id },
    include: { key: true },
  });
  if (row === null) throw new DomainError("notFound", "The parent authority does not exist.");
  const path = (await authorityPath(installation, id)).map((der) => parseCertificate(der));
  const [parsed] = path as [ParsedCertificate];
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: row.status,
    parsed,
    distributionBase: row.distributionBase,
    issuersAbove: row.issuersAbove,
    purposes: JSON.parse(row.purposes) as string[],
    pathLength: row.pathLength,
    notAfter: endOf(path),
    nameConstraints: JSON.parse(row.nameConstraints) as NameConstraints | null,
    subjectDer: parsed.subjectDer,
    signer: openSigner(installation.masterKey, row.key),
  };
}

function checkAgainstParent(
  wanted: AuthorityInput,
  constraints: NameConstraints | null,
  notAfter: Date,
  parent: Parent | null,
  now: Date,
): void {
  const violations: Violation[] = [];
  if (constraints !== null) violations.push(...checkNameConstraints(constraints));
  if (parent !== null) {
    checkUsable(parent, now);
    const refuse = (field: string, rule: string, detail: string) => violations.push({ field, rule, detail });
    if (notAfter > parent.notAfter) {
      refuse(
        "days",
        "authority.notAfter",
        `It would outlive its parent ${parent.name}, which ends at ${parent.notAfter.toISOString()}.`,
      );
    }
    if (parent.pathLength === 0) {
      refuse(
        "parentId",
        "rfc5280.4.2.1.9",
        `The path length of ${parent.name} is 0: no authority may stand below it.`,
      );
    } else if (parent.pathLength !== null && (wanted.pathLength ?? Infinity) >= parent.pathLength) {
      refuse(
        "pathLength",
        "rfc5280.4.2.1.9",
        `The path length must be below that of ${parent.name}, which is ${parent.pathLength}.`,
      );
    }
    for (const purpose of wanted.purposes) {
      if (!parent.purposes.includes(purpose)) {
        refuse("purposes", "authority.purposes", `${parent.name} may not issue ${purpose} certificates.`);
      }
    }
    const names = wanted.permitted.flatMap((subtree) =>
      subtree.type === "dns" ? [{ type: "dns" as const, value: subtree.value.replace(/^\./, "") }] : [],
    );
    const outside = parent.nameConstraints && violatesNameConstraints(names, [], parent.nameConstraints);
    if (outside) violations.push({ ...outside, field: "permitted" });
  }
  if (violations.length > 0) {
    throw new DomainError("policyViolation", violations.map((violation) => violation.detail).join(" "), {
      violations,
    });
  }
}

function subjectOf(wanted: AuthorityInput): Name {
  return [
    ...(wanted.organisation === "" ? [] : [[{ type: ORGANISATION, value: wanted.organisation }]]),
    [{ type: COMMON_NAME, value: wanted.name }],
  ];
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
    if ((await transaction.authority.count({ where: { slug } })) === 0) return slug;
  }
}
