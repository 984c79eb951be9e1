import {
  type ClientCertificateOrder,
  type ClientCertificateWishes,
  clientCertificateOrder,
  succeedingCertificateOrder,
} from "#lib/access/client-certificate.ts";
import {
  type GrantedClientInput,
  grantedClientSchema,
  recordWholeClient,
} from "#lib/access/client-create.ts";
import { type ClientIssuance, completeIssuance, issuanceKey } from "#lib/access/client-issuance.ts";
import { settleIssuance } from "#lib/access/client-issuance-settle.ts";
import { revokeEnded } from "#lib/access/credential-end.ts";
import { checkFree } from "#lib/access/credential-record.ts";
import { presentClient } from "#lib/access/present-client.ts";
import { type RotationTerms, rotatedCredential, rotationTerms } from "#lib/access/rotation-record.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { beginRun, finishRun } from "#lib/jobs/job-run.ts";
import { parsed } from "#lib/parse.ts";
import { sha256Fingerprint } from "#lib/x509/fingerprint.ts";

export interface IssuingContext {
  installation: Installation;
  issuer: Issuer;
}

/** A client with the certificate that was issued for it. */
export interface ClientWithCertificate {
  clientId: string;
  credentialId: string;
  issued: IssuedCertificate;
  /** PKCS#8 DER of a key that was made here: it is in this answer and nowhere else. */
  privateKey: Uint8Array | null;
}

/** An issuance takes well under a second, and is given up after half a minute (lib/authority/recovery.ts). */
const LEASE_MS = 60_000;

/**
 * Creates a client with what it may call, and issues the certificate that proves it. Everything is checked first; when
 * issuing is refused all the same, nothing of the client stays.
 *
 * @throws DomainError as `createWholeClient`, and as `issueFromRequest` or `issueWithKeyMadeHere` about the certificate
 */
export async function issueForNewClient(
  context: IssuingContext,
  actor: Actor,
  input: GrantedClientInput,
  wishes: ClientCertificateWishes,
): Promise<ClientWithCertificate> {
  authorize(actor, "client:manage");
  const wanted = parsed(grantedClientSchema, input);
  const ordered = await clientCertificateOrder(context.installation, actor, wanted.client.name, wishes);
  return issue(context, actor, ordered, async (transaction, now) => {
    const { clientId, entries } = await recordWholeClient(transaction, actor, now, wanted, null, "hand");
    await appendAudit(transaction, actor, now, ...entries);
    return { clientId, rotates: null, isNewClient: true };
  });
}

/**
 * Issues one more certificate for a client, by which it is known from now on.
 *
 * @throws DomainError `notFound`; `conflict` when the client is retired, or its key is known already; and as
 *   `issueForNewClient` about the certificate
 */
export async function issueForClient(
  context: IssuingContext,
  actor: Actor,
  clientId: string,
  wishes: ClientCertificateWishes,
): Promise<ClientWithCertificate> {
  authorize(actor, "client:manage");
  const { database } = context.installation;
  const client = await database.read.client.findUnique({ where: { id: clientId }, select: { name: true } });
  if (client === null) throw new DomainError("notFound", "There is no such client.");
  const ordered = await clientCertificateOrder(context.installation, actor, client.name, wishes);
  return issue(context, actor, ordered, async (transaction) => {
    await presentClient(transaction, clientId, null);
    return { clientId, rotates: null, isNewClient: false };
  });
}

/**
 * Rotates a credential to a certificate that is issued for it: both count during the overlap. Without other wishes the
 * new certificate renews the old one, under the same profile and names.
 *
 * @throws DomainError as `rotateCredential` and `issueForClient`
 */
export async function rotateByIssuing(
  context: IssuingContext,
  actor: Actor,
  credentialId: string,
  rotation: RotationTerms & { certificate: ClientCertificateWishes },
): Promise<ClientWithCertificate> {
  authorize(actor, "client:manage");
  const { installation } = context;
  const terms = rotationTerms(actor, rotation);
  const old = await installation.database.read.credential.findUnique({
    where: { id: credentialId },
    select: {
      certificate: { select: { id: true, profileId: true } },
      client: { select: { name: true } },
    },
  });
  if (old === null) throw new DomainError("notFound", "There is no such credential.");
  const { certificate: wishes } = rotation;
  const isOther = wishes.profile !== undefined || wishes.subject !== undefined || wishes.names !== undefined;
  const ordered =
    isOther || old.certificate?.profileId == null
      ? await clientCertificateOrder(installation, actor, old.client.name, wishes)
      : await succeedingCertificateOrder(installation, actor, old.certificate.id, wishes);
  const done = await issue(context, actor, ordered, async (transaction, now) => {
    const { client } = await rotatedCredential(transaction, credentialId, terms, now);
    return { clientId: client.id, rotates: { credentialId, ...terms }, isNewClient: false };
  });
  await revokeEnded(installation, actor, [credentialId]);
  return done;
}

/** Writes down what is about to happen, issues, and makes the certificate the credential. */
async function issue(
  { installation, issuer }: IssuingContext,
  actor: Actor,
  { order, provenBy, keySha256, privateKey }: ClientCertificateOrder,
  prepare: (
    transaction: Transaction,
    now: Date,
  ) => Promise<Pick<ClientIssuance, "clientId" | "rotates"> & { isNewClient: boolean }>,
): Promise<ClientWithCertificate> {
  const { database, clock } = installation;
  const id = newId();
  const { run, issuance, isNewClient } = await database.write(async (transaction) => {
    const now = clock.now();
    const { isNewClient: isNew, ...prepared } = await prepare(transaction, now);
    if (provenBy === "key") await checkKey(transaction, keySha256, now);
    const wanted: ClientIssuance = { id, provenBy, ...prepared };
    const begun = await beginRun(transaction, issuanceKey(wanted), now, LEASE_MS);
    return { run: begun, issuance: wanted, isNewClient: isNew };
  });
  let issued: IssuedCertificate;
  try {
    issued = await issuer.issue({ ...order, certificateId: id });
  } catch (error) {
    await settleIssuance(installation, actor, run, issuance, isNewClient);
    throw error;
  }
  const facts = { sha256: sha256Fingerprint(issued.certificate), keySha256 };
  await database.write(async (transaction) => {
    const now = clock.now();
    const isOurs = await completeIssuance(transaction, actor, now, issuance, facts);
    if (!isOurs) throw new DomainError("unavailable", TOO_LATE);
    await finishRun(transaction, run, now);
  });
  return { clientId: issuance.clientId, credentialId: id, issued, privateKey };
}

const TOO_LATE =
  "Issuing took so long that it was taken for interrupted: look at the credentials of the client for what came of it.";

/** Asked before anything is issued: a key that is somebody's already would make two clients one. */
async function checkKey(transaction: Transaction, keySha256: string, now: Date): Promise<void> {
  const nothing = { nameType: "", nameValue: "", authorityId: null };
  await checkFree(transaction, { kind: "key", sha256: keySha256, ...nothing, startsAt: now, endsAt: null });
}
