import {
  type AuthorityInput,
  authorityInputSchema,
  nameConstraintsOf,
} from "#lib/authority/authority-input.ts";
import { authorityPath } from "#lib/authority/authority-read.ts";
import { checkUsable, recordAuthority } from "#lib/authority/authority-record.ts";
import { assertLintClean } from "#lib/authority/issuance-build.ts";
import { endOf } from "#lib/authority/issuer-path.ts";
import { makeKey, openSigner } from "#lib/authority/key-store.ts";
import { addressExtensions } from "#lib/authority/published-addresses.ts";
import { type RefusedAuthority, refusedInPath } from "#lib/authority/refused-authority.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, type Violation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed as parsedInput } from "#lib/parse.ts";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";
import { type ParsedCertificate, parseCertificate } from "#lib/x509/certificate-reader.ts";

import type { Name } from "#lib/x509/name.ts";
import { checkNameConstraints, violatesNameConstraints } from "#lib/x509/name-constraints.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";
import { OID } from "#lib/x509/oids.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";

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
            ...addressExtensions(parent, parent.parsed.keyUsage),
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
  /** Of it and those above it the first that is held or revoked. */
  refused: RefusedAuthority | null;
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
    refused: await refusedInPath(installation.database.read, id),
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
    [{ type: OID.commonName, value: wanted.name }],
  ];
}
