import { createHash, createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { authorityPath } from "#lib/authority/authority-read.ts";
import { hasAuthorities } from "#lib/authority/founding.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { renewalTime } from "#lib/authority/renewal-time.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Config } from "#lib/config.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { checkGeneralName, type GeneralName } from "#lib/x509/general-name.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { violatesNameConstraints } from "#lib/x509/name-constraints.ts";
import { OID } from "#lib/x509/oids.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { encodePkcs8, encodePrivateKeyPem } from "#lib/x509/private-key.ts";

/** With what one of our listeners presents itself. */
export interface ListenerCredential {
  /** PEM, PKCS#8. */
  key: string;
  /** PEM, the listener's certificate first, without the root. */
  certificateChain: string;
  renewAt: Date;
  notAfter: Date;
}

/**
 * The credential of a listener, shared by all instances that are reached under the same names; made
 * or renewed when it is due. A renewal that fails leaves the present one in use.
 *
 * @param plane whose listener
 * @returns null before set-up, when there is no authority yet
 * @throws DomainError when none can be made and none is there
 */
export async function listenerCredential(
  installation: Installation,
  issuer: Issuer,
  plane: Plane,
): Promise<ListenerCredential | null> {
  if (!(await hasAuthorities(installation))) return null;
  const names = await certifiableNames(installation, listenerNames(installation.config, plane));
  const id = credentialId(plane, names);
  const stored = await readCredential(installation, id);
  const now = installation.clock.now();
  const isRevoked = stored !== null && (await stateOf(installation, stored.certificateId)) === "revoked";
  if (stored !== null && stored.renewAt > now && !isRevoked) return presentable(installation, stored);
  try {
    return await renewed(installation, issuer, { id, plane, names, stored });
  } catch (error) {
    // Another instance may have been faster; else the present one does until its end.
    const present = await readCredential(installation, id);
    if (present === null || present.notAfter <= now) throw error;
    const byPeer = error instanceof DomainError && error.code === "conflict";
    if ((present.renewAt <= now || isRevoked) && !byPeer) {
      log("authority").error({ err: error, plane }, "a listener's certificate could not be renewed yet");
    }
    return presentable(installation, present);
  }
}

/** What is revoked is replaced at once, with a new key; what is on hold is somebody's to decide. */
async function stateOf({ database }: Installation, certificateId: string): Promise<string | undefined> {
  const certificate = await database.read.certificate.findUnique({
    where: { id: certificateId },
    select: { cohort: { select: { state: true } } },
  });
  return certificate?.cohort?.state;
}

type Plane = "console" | "protocol";
type StoredCredential = NonNullable<Awaited<ReturnType<typeof readCredential>>>;

function readCredential(installation: Installation, id: string) {
  return installation.database.read.listenerCredential.findUnique({ where: { id } });
}

function presentable(installation: Installation, stored: StoredCredential): ListenerCredential {
  const key = createPrivateKey({
    key: Buffer.from(installation.masterKey.open(stored.sealedKey, boundTo(stored.id))),
    format: "der",
    type: "pkcs8",
  });
  return {
    key: encodePrivateKeyPem(key),
    certificateChain: stored.chain,
    renewAt: stored.renewAt,
    notAfter: stored.notAfter,
  };
}

async function renewed(
  installation: Installation,
  issuer: Issuer,
  wanted: { id: string; plane: Plane; names: GeneralName[]; stored: StoredCredential | null },
): Promise<ListenerCredential> {
  const { id, plane, names, stored } = wanted;
  const replacesId = stored === null ? undefined : await renewableId(installation, stored);
  const { privateKey, spki } = await generateKeyPair("ecdsa-p256");
  const issued = await issuer.issue({
    profile: LISTENER_PROFILE.slug,
    key: { spki },
    subject: [[{ type: OID.commonName, value: `Countersign ${plane}` }]],
    names,
    source: "system",
    actor: systemActor("listener"),
    // A certificate is renewed once: of several instances only one gets through.
    replacesId,
  });
  const row = {
    sealedKey: installation.masterKey.seal(encodePkcs8(privateKey), boundTo(id)),
    chain: [issued.certificate, ...issued.chain]
      .map((certificate) => encodePem("CERTIFICATE", certificate))
      .join(""),
    names: nameList(names),
    certificateId: issued.id,
    notAfter: issued.notAfter,
    renewAt: renewalTime(issued.notBefore, issued.notAfter),
  };
  // The audit event is the one of the issuance; this row only says where its key is.
  await installation.database.write(async (transaction) => {
    await transaction.listenerCredential.upsert({ where: { id }, create: { id, ...row }, update: row });
    // What machines that are gone, or names that are no longer used, have left.
    await transaction.listenerCredential.deleteMany({
      where: { notAfter: { lt: installation.clock.now() } },
    });
  });
  return presentable(installation, { id, ...row });
}

/**
 * Instances under other names (another machine, another address) have credentials of their own;
 * with one row for all they would take it from each other without end.
 */
export function credentialId(plane: Plane, names: readonly GeneralName[]): string {
  return `${plane}:${createHash("sha256").update(nameList(names)).digest("hex").slice(0, 24)}`;
}

const nameList = (names: readonly GeneralName[]) =>
  names.map(({ type, value }) => `${type}:${value}`).join(" ");

/** Without the names that the constraints of the issuing authorities exclude; Home says which they are. */
export async function certifiableNames(
  installation: Installation,
  names: readonly GeneralName[],
): Promise<GeneralName[]> {
  const profile = await installation.database.read.certificateProfile.findUnique({
    where: { slug: LISTENER_PROFILE.slug },
    select: { authorityId: true },
  });
  if (profile === null) return [...names];
  const path = await authorityPath(installation, profile.authorityId);
  const constraints = path.flatMap((certificate) => parseCertificate(certificate).nameConstraints ?? []);
  return names.filter((name) =>
    constraints.every((each) => violatesNameConstraints([name], [], each) === null),
  );
}

/** Loopback, this machine's name, the public URL's host and what the settings add. */
export function listenerNames(config: Config, plane: Plane): GeneralName[] {
  const address = plane === "console" ? config.console.address : config.protocol.address;
  const url = plane === "console" ? config.publicUrl : config.protocolUrl;
  const hosts = [
    "localhost",
    "127.0.0.1",
    "::1",
    hostname().toLowerCase(),
    ...(address === "::" || address === "0.0.0.0" ? [] : [address]),
    new URL(url).hostname.replace(/^\[|\]$/g, ""),
    ...config.listenerNames,
  ];
  const names = [...new Set(hosts)].map(
    (value): GeneralName => ({ type: isIP(value) === 0 ? "dns" : "ip", value }),
  );
  // A machine's own name may be no DNS name (underscores); the listener does without it then.
  return names.filter((name) => checkGeneralName(name) === null);
}

/** A peer that renewed but did not record its key within this time has died in between. */
const RECORDED_WITHIN_SECONDS = 300;

/**
 * The certificate that a renewal continues.
 *
 * @returns undefined when it is on hold, or a peer continued it and died before its key was recorded
 * @throws DomainError `conflict` while a peer is at it
 */
async function renewableId(
  installation: Installation,
  stored: StoredCredential,
): Promise<string | undefined> {
  const successor = await installation.database.read.certificate.findFirst({
    where: { replacesId: stored.certificateId, status: { not: "abandoned" } },
    select: { createdAt: true },
  });
  if (successor === null) {
    // What is on hold has no successor until it is decided; the listener cannot wait for that.
    const isHeld = (await stateOf(installation, stored.certificateId)) === "held";
    return isHeld ? undefined : stored.certificateId;
  }
  if (installation.clock.now() < addSeconds(successor.createdAt, RECORDED_WITHIN_SECONDS)) {
    throw new DomainError("conflict", "Another instance renews this listener's certificate just now.");
  }
  return undefined;
}

const boundTo = (id: string) => `listener-key:${id}`;
