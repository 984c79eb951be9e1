import { createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { hasAuthorities } from "#lib/authority/founding.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { renewalTime } from "#lib/authority/renewal-time.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import type { Config } from "#lib/config.ts";
import type { Installation } from "#lib/installation.ts";
import { checkGeneralName, type GeneralName } from "#lib/x509/general-name.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
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

const COMMON_NAME = "2.5.4.3";

/**
 * The credential of a listener, shared by all instances; made or renewed when it is due or when
 * the names it must carry have changed.
 *
 * @param plane whose listener
 * @returns null before set-up, when there is no authority yet
 */
export async function listenerCredential(
  installation: Installation,
  issuer: Issuer,
  plane: "console" | "protocol",
): Promise<ListenerCredential | null> {
  if (!(await hasAuthorities(installation))) return null;
  const names = listenerNames(installation.config, plane);
  const wanted = names.map((name) => `${name.type}:${name.value}`).join(" ");
  const stored = await installation.database.read.listenerCredential.findUnique({ where: { id: plane } });
  const now = installation.clock.now();
  if (stored !== null && stored.names === wanted && stored.renewAt > now) {
    const key = createPrivateKey({
      key: Buffer.from(installation.masterKey.open(stored.sealedKey, boundTo(plane))),
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
  // Of several instances that renew at once the last one's certificate is kept; each works.
  const { privateKey, spki } = await generateKeyPair("ecdsa-p256");
  const issued = await issuer.issue({
    profile: LISTENER_PROFILE.slug,
    key: { spki },
    subject: [[{ type: COMMON_NAME, value: `Countersign ${plane}` }]],
    names,
    source: "system",
    actor: systemActor("listener"),
    ...(stored !== null && (await isNewest(installation, stored.certificateId))
      ? { replacesId: stored.certificateId }
      : {}),
  });
  const certificateChain = [issued.certificate, ...issued.chain]
    .map((certificate) => encodePem("CERTIFICATE", certificate))
    .join("");
  const row = {
    sealedKey: installation.masterKey.seal(encodePkcs8(privateKey), boundTo(plane)),
    chain: certificateChain,
    names: wanted,
    certificateId: issued.id,
    notAfter: issued.notAfter,
    renewAt: renewalTime(issued.notBefore, issued.notAfter),
  };
  // The audit event is the one of the issuance; this row only says where its key is.
  await installation.database.write((transaction) =>
    transaction.listenerCredential.upsert({
      where: { id: plane },
      create: { id: plane, ...row },
      update: row,
    }),
  );
  return {
    key: encodePrivateKeyPem(privateKey),
    certificateChain,
    renewAt: row.renewAt,
    notAfter: row.notAfter,
  };
}

/** Loopback, this machine's name, the public URL's host and what the settings add. */
export function listenerNames(config: Config, plane: "console" | "protocol"): GeneralName[] {
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

async function isNewest(installation: Installation, certificateId: string): Promise<boolean> {
  const successors = await installation.database.read.certificate.count({
    where: { replacesId: certificateId, status: { not: "abandoned" } },
  });
  return successors === 0;
}

const boundTo = (plane: string) => `listener-key:${plane}`;
