import { randomUUID } from "node:crypto";
import { assertLintClean } from "#lib/authority/issuance-build.ts";
import { makeResponderKey, openSigner } from "#lib/authority/key-store.ts";
import {
  type AuthorityInNeed,
  type CertifiedResponder,
  recordResponder,
} from "#lib/authority/ocsp-responder-record.ts";
import { addSeconds, truncateToSecond } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { claimRun, failRun } from "#lib/jobs/job-run.ts";
import { log } from "#lib/log.ts";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { OID } from "#lib/x509/oids.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";

/**
 * Every authority of ours has an OCSP responder: a key of its own and a certificate by which the authority
 * delegates the signing of answers (RFC 6960 §4.2.2.2). Nobody can take that certificate back, as it tells clients
 * not to ask about it (§4.2.2.2.1), so it lives a week.
 */

const LIFE_SECONDS = 7 * 86_400;

/** As for all certificates: clocks of relying parties may be behind. */
const BACKDATE_SECONDS = 300;

/** How long an instance may be at it before another begins again. */
const LEASE_MS = 10_000;

/**
 * Gives every authority that has none, or whose is past half of its life or revoked, a new responder: the retired
 * ones, too, for what they issued is still asked about. Made to be called often: it costs one query when nothing
 * is due. Of several instances one does it.
 *
 * @returns how many were made here
 */
export async function renewOcspResponders(installation: Installation): Promise<number> {
  let made = 0;
  for (const authority of await authoritiesInNeed(installation)) {
    const { id, responder } = authority;
    const run = await claimRun(
      installation,
      `renew-ocsp-responder@${id}@${responder?.certificateId ?? "none"}`,
      randomUUID(),
      LEASE_MS,
    );
    if (run === null) continue;
    try {
      const certified = await certify(installation, authority);
      if (await recordResponder(installation, authority, certified, run)) made++;
    } catch (error) {
      log("authority").error(
        { err: error, authority: authority.slug },
        "an OCSP responder is not renewed yet",
      );
      await failRun(installation, run, error instanceof Error ? error.message : String(error));
    }
  }
  return made;
}

async function authoritiesInNeed({ database, clock }: Installation): Promise<AuthorityInNeed[]> {
  const now = clock.now();
  const rows = await database.read.authority.findMany({
    where: { certificate: { notAfter: { gt: now } } },
    select: {
      id: true,
      slug: true,
      name: true,
      responder: { select: { certificateId: true, notAfter: true, renewAt: true } },
    },
    orderBy: { createdAt: "asc" },
  });
  const present = rows.flatMap(({ responder }) => responder?.certificateId ?? []);
  const revoked = await database.read.revocation.findMany({
    where: { certificateId: { in: present } },
    select: { certificateId: true },
  });
  const refused = new Set(revoked.map(({ certificateId }) => certificateId));
  return rows.filter(
    ({ responder }) => responder === null || responder.renewAt <= now || refused.has(responder.certificateId),
  );
}

/**
 * Signs the certificate. As the key is in this process and nobody has seen an answer by it, nothing leaves it that
 * is not recorded.
 */
async function certify(
  installation: Installation,
  { id, name }: AuthorityInNeed,
): Promise<CertifiedResponder> {
  const { database, masterKey, clock } = installation;
  const authority = await database.read.authority.findUniqueOrThrow({
    where: { id },
    select: { key: true, certificate: { select: { body: true } } },
  });
  const issuer = parseCertificate(authority.certificate.body);
  const signer = openSigner(masterKey, authority.key);
  const key = await makeResponderKey(masterKey, id);
  const now = clock.now();
  const endsWithAuthority = issuer.notAfter <= addSeconds(now, LIFE_SECONDS);
  const notAfter = endsWithAuthority ? issuer.notAfter : addSeconds(now, LIFE_SECONDS);
  const toBeSigned = encodeTbsCertificate({
    serialNumber: newSerialNumber(),
    issuer: issuer.subjectDer,
    subject: [[{ type: OID.commonName, value: responderName(name) }]],
    notBefore: new Date(Math.max(addSeconds(now, -BACKDATE_SECONDS).getTime(), issuer.notBefore.getTime())),
    notAfter,
    spki: key.spki,
    signatureAlgorithm: signer.algorithm,
    extensions: {
      basicConstraints: { ca: false },
      keyUsage: ["digitalSignature"],
      extendedKeyUsage: ["ocspSigning"],
      subjectKeyIdentifier: keyIdentifier(key.spki),
      authorityKeyIdentifier: keyIdentifier(signer.spki),
      ocspNoCheck: true,
    },
  });
  assertLintClean(toBeSigned, issuer);
  const der = assembleCertificate(toBeSigned, signer.algorithm, await signer.sign(toBeSigned));
  return {
    der,
    certificate: parseCertificate(der),
    sealedKey: key.sealedKey,
    keyAlgorithm: key.algorithm,
    issuerName: issuer.subject,
    // One that ends with its authority is the last: halving what is left would never come to an end.
    renewAt: endsWithAuthority
      ? notAfter
      : truncateToSecond(new Date((now.getTime() + notAfter.getTime()) / 2)),
    now,
  };
}

/** ub-common-name is 64 characters (RFC 5280 appendix A.1). */
function responderName(authority: string): string {
  const suffix = " OCSP responder";
  return `${[...authority]
    .slice(0, 64 - suffix.length)
    .join("")
    .trimEnd()}${suffix}`;
}
