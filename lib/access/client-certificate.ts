import { type IssuanceOrder, readRequest } from "#lib/authority/issuance-order.ts";
import { checkIssuance } from "#lib/authority/issue.ts";
import { makeKeyHere } from "#lib/authority/key-made-here.ts";
import { renewable } from "#lib/authority/renew.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { spkiSha256 } from "#lib/x509/fingerprint.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { Name } from "#lib/x509/name.ts";
import { OID } from "#lib/x509/oids.ts";
import { encodePkcs8 } from "#lib/x509/private-key.ts";

/** A certificate that a client is to get. */
export interface ClientCertificateWishes {
  key:
    | { from: "request"; csr: string | Uint8Array; source: "csr" | "browser" | "api" }
    /** The key is made here and handed out once. `pkcs12Password`: what its file will be encrypted under. */
    | { from: "server"; keyAlgorithm: KeyAlgorithm; pkcs12Password?: string | undefined };
  /** By what the client is known afterwards: this certificate, or its key, which survives renewals. */
  provenBy: "certificate" | "key";
  /** Id or slug; `client` when absent. */
  profile?: string | undefined;
  /** What the signing request says when absent; the client's name as common name when that says nothing either. */
  subject?: Name | undefined;
  names?: readonly GeneralName[] | undefined;
  /** Seconds; the profile's usual lifetime when absent. */
  lifetimeSeconds?: number | undefined;
}

/** A certificate that was checked and is ready to be issued. */
export interface ClientCertificateOrder {
  order: IssuanceOrder;
  provenBy: "certificate" | "key";
  keySha256: string;
  /** PKCS#8 DER of a key that was made here. */
  privateKey: Uint8Array | null;
}

const USUAL_PROFILE = "client";

/**
 * Reads and checks what is wished, as issuing would, and issues nothing.
 *
 * @param clientName for a certificate that would name nobody
 * @throws DomainError as `issueFromRequest` and `issueWithKeyMadeHere`
 */
export async function clientCertificateOrder(
  installation: Installation,
  actor: Actor,
  clientName: string,
  wishes: ClientCertificateWishes,
): Promise<ClientCertificateOrder> {
  authorize(actor, "certificate:issue");
  const { spki, stated, ...given } = await givenKey(wishes);
  const { profile = USUAL_PROFILE, lifetimeSeconds } = wishes;
  const names = wishes.names ?? stated.names;
  const asked = wishes.subject ?? stated.subject;
  const subject: Name =
    asked.length === 0 && names.length === 0 ? [[{ type: OID.commonName, value: clientName }]] : asked;
  const facts = { profile, subject, names, lifetimeSeconds };
  return checkedOrder(installation, actor, wishes, { ...given, spki }, facts);
}

/**
 * The same for the place of a certificate: profile, subject and names are those of the old one, and what a signing
 * request says of them is only compared. One that was renewed already gets another certificate beside its successor.
 *
 * @param oldCertificateId of a profile of ours
 * @throws DomainError as `renewFromRequest` and `renewWithKeyMadeHere`
 */
export async function succeedingCertificateOrder(
  installation: Installation,
  actor: Actor,
  oldCertificateId: string,
  wishes: Pick<ClientCertificateWishes, "key" | "provenBy" | "lifetimeSeconds">,
): Promise<ClientCertificateOrder> {
  authorize(actor, "certificate:renew");
  const { spki, stated, ...given } = await givenKey(wishes);
  const { lifetimeSeconds } = wishes;
  const {
    id,
    spki: _,
    ...facts
  } = await renewable(installation, oldCertificateId, { lifetimeSeconds }, stated);
  const successors = { replacesId: id, status: { not: "abandoned" } };
  const isRenewed = (await installation.database.read.certificate.count({ where: successors })) > 0;
  if (isRenewed) authorize(actor, "certificate:issue");
  const replacesId = isRenewed ? undefined : id;
  return checkedOrder(installation, actor, wishes, { ...given, spki }, { ...facts, replacesId });
}

async function givenKey({ key }: Pick<ClientCertificateWishes, "key">) {
  if (key.from === "request") {
    const { spki, subject, names } = readRequest(key.csr);
    return {
      spki,
      stated: { subject, names },
      privateKey: null,
      source: key.source,
      proof: { csr: key.csr },
    };
  }
  const { privateKey, spki } = await makeKeyHere(key.keyAlgorithm, key.pkcs12Password);
  return {
    ...{ spki, stated: { subject: [], names: [] }, privateKey: encodePkcs8(privateKey) },
    ...{ source: "server" as const, proof: { spki } },
  };
}

async function checkedOrder(
  installation: Installation,
  actor: Actor,
  { provenBy }: Pick<ClientCertificateWishes, "provenBy">,
  given: Omit<Awaited<ReturnType<typeof givenKey>>, "stated">,
  facts: {
    profile: string;
    subject: Name;
    names: readonly GeneralName[];
    lifetimeSeconds: number | undefined;
    replacesId?: string | undefined;
  },
): Promise<ClientCertificateOrder> {
  const { spki, privateKey, source, proof } = given;
  const { profile, subject, names, lifetimeSeconds } = facts;
  await checkIssuance(installation, profile, { spki, subject, names, lifetimeSeconds });
  const order = { ...facts, key: proof, source, actor };
  return { order, provenBy, keySha256: spkiSha256(spki), privateKey };
}
