import { z } from "zod";
import { ChangedSnapshot } from "#lib/access/decide/changed-snapshot.ts";
import { type ExplainedRule, explain } from "#lib/access/decide/decide.ts";
import type { Decision } from "#lib/access/decide/decision.ts";
import { packWorld } from "#lib/access/decide/packed-snapshot.ts";
import type { PresentedName } from "#lib/access/decide/request.ts";
import { type KnownIssuers, readKnownIssuers } from "#lib/access/known-issuers.ts";
import { possibleClients } from "#lib/access/possible-clients.ts";
import type { ReadCertificate } from "#lib/access/presented-certificate.ts";
import {
  type QuestionedCertificate,
  questionedDer,
  readQuestioned,
} from "#lib/access/questioned-certificate.ts";
import { recordedRevocation } from "#lib/access/recorded-revocation.ts";
import { serviceSlugSchema } from "#lib/access/service-input.ts";
import { readClients, readServices, servicePlaces } from "#lib/access/world-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/** What is asked: may whoever holds this certificate do this at that service. */
export type AccessQuestion = QuestionedCertificate & {
  /** Short name of the service. */
  service: string;
  /** GET when absent. */
  method?: string | undefined;
  /** Path of the request, / when absent. */
  path?: string | undefined;
  /** The time for which it is asked; now when absent. Clients and grants are taken as they are now. */
  at?: Date | undefined;
};

/** The decision, and what each rule says. */
export interface AccessExplanation {
  decision: Pick<Decision, "permitted" | "reason">;
  client: { id: string; name: string; status: "active" | "suspended" | "retired" } | null;
  /** By which it was known. */
  credential: { id: string; kind: string } | null;
  /** In the order in which they are applied; the first that is not met, and not overlooked, decides. */
  rules: ExplainedRule[];
  certificate: CertificateFacts;
  at: Date;
}

export interface CertificateFacts {
  /** Of the whole certificate, and of its key, lower-case hex. */
  sha256: string;
  keySha256: string;
  /** Lower-case hex. */
  serial: string;
  names: readonly PresentedName[];
  /** The authority that signed it; null when it is none that is known here. */
  issuer: { id: string; name: string } | null;
  notBefore: Date;
  notAfter: Date;
  isForClients: boolean;
  /** Security strength of the key in bits. */
  strength: number;
  revocation: "good" | "held" | "revoked";
  /** Its id in the inventory; null when it is not there. */
  certificateId: string | null;
}

const questionSchema = z.object({
  service: serviceSlugSchema,
  method: z
    .string()
    .regex(/^[A-Z]{1,20}$/, { error: "is no method in upper case" })
    .default("GET"),
  path: z
    .string()
    .max(4096, { error: "is longer than 4096 characters" })
    .startsWith("/", { error: "does not begin with a /" })
    .default("/"),
  at: z.date().optional(),
});

/**
 * What a certificate would be told at a service, rule by rule: from the database as it is now, with the very rules by
 * which proxies are answered. Only the clients that the certificate could be are read.
 *
 * @throws DomainError `forbidden`; `malformed`, `tooLarge` for what is no certificate; `notFound`; naming the field
 */
export async function explainAccess(
  { database, clock }: Installation,
  actor: Actor,
  question: AccessQuestion,
): Promise<AccessExplanation> {
  authorize(actor, "client:read");
  const { service, method, path, at = clock.now() } = parsed(questionSchema, question);
  const der = await questionedDer(database, question);
  return database.snapshot(async (state) => {
    const issuers = await readKnownIssuers(state);
    const read = readQuestioned(der, issuers);
    const certificate = { ...read, revocation: await recordedRevocation(state, read) };
    const ids = await possibleClients(state, read, issuers);
    const snapshot = await smallSnapshot(state, ids, issuers);
    const { decision, rules } = explain(snapshot, { service, method, path, certificate }, at.getTime());
    const { client, credential } = decision;
    return {
      decision: { permitted: decision.permitted, reason: decision.reason },
      client: client === null ? null : named(snapshot.client(client)),
      credential:
        credential === null ? null : await credentialFacts(state, snapshot.credentialId(credential)),
      rules,
      certificate: await certificateFacts(state, certificate),
      at,
    };
  });
}

/** Of some clients only; a console asks the database, so it is never too old. */
async function smallSnapshot(
  state: Database,
  ids: readonly string[],
  { standsFor: authorities, standings }: KnownIssuers,
): Promise<ChangedSnapshot> {
  const usableUntil = Number.POSITIVE_INFINITY;
  const snapshot = new ChangedSnapshot(
    packWorld({
      ...{ usableUntil, authorities: standings },
      ...{ services: [], clients: [], credentials: [], grants: [] },
    }),
  );
  snapshot.changeServices((await readServices(state, authorities)).services);
  const places = { clients: new Map<string, number>(), services: await servicePlaces(state), authorities };
  for (const { state: client } of await readClients(state, ids, places)) snapshot.changeClient(null, client);
  return snapshot;
}

function named({ id, name, status }: ReturnType<ChangedSnapshot["client"]>) {
  return { id, name, status };
}

async function credentialFacts({ read }: Database, id: string) {
  const { kind } = await read.credential.findUniqueOrThrow({ where: { id }, select: { kind: true } });
  return { id, kind };
}

async function certificateFacts(
  { read }: Database,
  {
    sha256,
    keySha256,
    serial,
    names,
    issuer: issuerId,
    ...certificate
  }: ReadCertificate & { revocation: CertificateFacts["revocation"] },
): Promise<CertificateFacts> {
  const known = await read.certificate.findUnique({ where: { sha256 }, select: { id: true } });
  const issuer =
    issuerId === null
      ? null
      : await read.authority.findUnique({ where: { id: issuerId }, select: { id: true, name: true } });
  return {
    ...{ sha256, keySha256, serial, names, issuer },
    notBefore: new Date(certificate.notBefore),
    notAfter: new Date(certificate.notAfter),
    isForClients: certificate.isForClients,
    strength: certificate.strength,
    revocation: certificate.revocation,
    certificateId: known?.id ?? null,
  };
}
