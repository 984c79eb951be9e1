import { z } from "zod";
import { noteClientChange } from "#lib/access/access-change.ts";
import { admittingName } from "#lib/access/admitting-name.ts";
import { findCaller, readCaller } from "#lib/access/caller-read.ts";
import { type ClientFacts, clientInputSchema } from "#lib/access/client-input.ts";
import { recordClient } from "#lib/access/client-record.ts";
import { clientsOfCertificate } from "#lib/access/clients-of-certificate.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { newCredential, recordCredential } from "#lib/access/credential-record.ts";
import { CREDENTIAL_KINDS, type CredentialKind } from "#lib/access/decide/snapshot.ts";
import { enterCertificates } from "#lib/access/enter-certificates.ts";
import { grantTermsSchema } from "#lib/access/grant-input.ts";
import { grantOf, recordGrant } from "#lib/access/grant-record.ts";
import { type KnownIssuers, readKnownIssuers } from "#lib/access/known-issuers.ts";
import type { ReadCertificate } from "#lib/access/presented-certificate.ts";
import { type AuditEntry, appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";
import { isReference } from "#lib/reference.ts";

const reference = z.string().refine(isReference, { error: "is no id" });

/** Who is admitted where, and how it is to be recognised from now on. */
export const admissionSchema = z.strictObject({
  /** Of its certificate, lower-case hex, as the list of callers has it. */
  sha256: reference,
  serviceId: reference,
  /** Of the client that is made; left out for a caller who is a client already and gets the service only. */
  name: clientInputSchema.shape.name.optional(),
  environment: clientInputSchema.shape.environment,
  owner: clientInputSchema.shape.owner,
  by: z.enum(CREDENTIAL_KINDS, { error: `is one of ${CREDENTIAL_KINDS.join(", ")}` }).default("certificate"),
});

export type Admission = z.input<typeof admissionSchema>;

/**
 * Admits a caller who came and was not known: makes a client of it, gives it the certificate that it showed (or its
 * key, or its name under the authority that signed it) as its credential, and grants it the service. A caller who is
 * a client already is granted the service. Its certificate is in the inventory then.
 *
 * @returns the id of the client
 * @throws DomainError `malformed`; `notFound` for a caller that is not remembered; `conflict` when another client has
 *   the name, or the certificate proves a client already and a name was given; `policyViolation` for a name that
 *   counts under no authority here or would be a pattern, and a service that would refuse it all the same; each naming the field
 */
export async function admitCaller(
  installation: Installation,
  actor: Actor,
  input: Admission,
): Promise<string> {
  authorize(actor, "client:manage");
  const { sha256, serviceId, by, name, ...facts } = parsed(admissionSchema, input);
  const { database } = installation;
  const now = installation.clock.now();
  const [issuers, caller] = await Promise.all([
    readKnownIssuers(database),
    findCaller(database.read, sha256, serviceId),
  ]);
  if (caller !== null) await enterCertificates(installation, actor, [caller.body]);
  return database.write(async (transaction) => {
    const certificate = await presentCaller(transaction, sha256, serviceId, issuers);
    await checkIssuer(transaction, serviceId, certificate, issuers);
    const [known] = await clientsOfCertificate(transaction, certificate, issuers, now);
    const entries: AuditEntry[] = [];
    const client =
      known ?? (await newClient(transaction, actor, now, { name, by, ...facts }, certificate, entries));
    if (known !== undefined && name !== undefined) throw knownAlready(known.name);
    const terms = grantTermsSchema.parse({ serviceId });
    const grant = await recordGrant(transaction, actor, now, client, grantOf(terms, now));
    await noteClientChange(transaction, client.id);
    await transaction.caller.deleteMany({ where: { sha256, serviceId } });
    await appendAudit(transaction, actor, now, ...entries, grant.entry);
    return client.id;
  });
}

/**
 * Forgets a caller; it is remembered again when it comes again.
 *
 * @throws DomainError `notFound` for a caller that is not remembered
 */
export async function dismissCaller(
  { database, clock }: Installation,
  actor: Actor,
  { sha256, serviceId }: { sha256: string; serviceId: string },
): Promise<void> {
  authorize(actor, "client:manage");
  const now = clock.now();
  await database.write(async (transaction) => {
    const caller = await recordedCaller(transaction, sha256, serviceId);
    await transaction.caller.deleteMany({ where: { sha256, serviceId } });
    await appendAudit(transaction, actor, now, {
      action: "caller.dismissed",
      object: { kind: "service", id: serviceId, name: caller.service },
      details: { sha256, subject: caller.subject, reason: caller.reason, count: caller.count },
    });
  });
}

type Wanted = Pick<ClientFacts, "environment" | "owner"> & { name: string | undefined; by: CredentialKind };

async function newClient(
  transaction: Transaction,
  actor: Actor,
  now: Date,
  { name, by, ...facts }: Wanted,
  certificate: ReadCertificate,
  entries: AuditEntry[],
): Promise<{ id: string; name: string }> {
  if (name === undefined) throw malformed("name", "input", "name: is needed for a new client");
  const credential = newCredential(proofOf(certificate, by), now);
  const wanted = clientInputSchema.parse({ name, ...facts });
  const { id, entry } = await recordClient(transaction, actor, now, wanted, "traffic");
  const recorded = await recordCredential(transaction, actor, now, { id, name }, credential);
  entries.push(entry, recorded.entry);
  return { id, name };
}

function proofOf({ sha256, keySha256, names, issuer }: ReadCertificate, by: CredentialKind): CredentialInput {
  if (by !== "name") return { kind: by, sha256: by === "key" ? keySha256 : sha256 };
  if (issuer === null) {
    throw policyViolation(
      "by",
      "caller.issuer",
      "No authority that is known here signed the certificate, so its name proves nothing.",
    );
  }
  const best = admittingName(names);
  if (best === undefined) {
    throw policyViolation(
      "by",
      "caller.name",
      names.length === 0
        ? "The certificate names nobody."
        : "The names of the certificate have a *, and would stand for others as well.",
    );
  }
  return { kind: "name", nameType: best.type, nameValue: best.value, authorityId: issuer };
}

async function recordedCaller(transaction: Transaction, sha256: string, serviceId: string) {
  const caller =
    isReference(sha256) && isReference(serviceId) ? await findCaller(transaction, sha256, serviceId) : null;
  const service =
    caller === null
      ? null
      : await transaction.service.findUnique({ where: { id: serviceId }, select: { name: true } });
  if (caller === null || service === null) {
    throw new DomainError("notFound", "This caller is not remembered, or was admitted meanwhile.");
  }
  return { ...caller, service: service.name };
}

async function presentCaller(
  transaction: Transaction,
  sha256: string,
  serviceId: string,
  issuers: KnownIssuers,
): Promise<ReadCertificate> {
  const { body } = await recordedCaller(transaction, sha256, serviceId);
  const certificate = readCaller(body, issuers);
  if (certificate === null)
    throw new DomainError("malformed", "The certificate of this caller cannot be read.");
  return certificate;
}

/** A client that would be refused for its issuer was not admitted at all. */
async function checkIssuer(
  transaction: Transaction,
  serviceId: string,
  { issuer }: ReadCertificate,
  { standsFor }: KnownIssuers,
): Promise<void> {
  const service = await transaction.service.findUniqueOrThrow({
    where: { id: serviceId },
    select: { name: true, authorities: true },
  });
  const accepted = (JSON.parse(service.authorities) as string[]).map((id) => standsFor.get(id) ?? id);
  if (accepted.length === 0 || (issuer !== null && accepted.includes(issuer))) return;
  throw policyViolation(
    "serviceId",
    "caller.issuer",
    `${service.name} does not accept certificates of the authority that signed this one.`,
  );
}

function knownAlready(client: string): DomainError {
  return new DomainError("conflict", `${client} is known by this certificate already.`, {
    violations: [
      {
        field: "name",
        rule: "caller.known",
        detail: `The certificate is that of ${client}: grant it the service.`,
      },
    ],
  });
}
