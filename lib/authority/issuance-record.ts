import type { CatalogueAuthority, CatalogueProfile } from "#lib/authority/catalogue.ts";
import type { IssuancePlan } from "#lib/authority/issuance-check.ts";
import type { Row } from "#lib/driver.ts";
import { ownRisks } from "#lib/inventory/certificate-risks.ts";
import { sortNameOf } from "#lib/inventory/cohort.ts";
import type { NewMember } from "#lib/inventory/enter-inventory.ts";
import { spkiSha256 } from "#lib/x509/fingerprint.ts";
import { commonName, formatName } from "#lib/x509/name.ts";

/** Where a certificate's key was made, or who asked. */
export type CertificateSource = "csr" | "browser" | "server" | "api" | "system" | "import";

/** The rows with which a serial number and its to-be-signed bytes are recorded before signing. */
export function reservationRows(facts: {
  id: string;
  serial: string;
  plan: IssuancePlan;
  profile: CatalogueProfile | null;
  authority: CatalogueAuthority;
  toBeSigned: Uint8Array;
  source: CertificateSource;
  replaces: { id: string; lineageId: string } | null;
  requestedBy: string;
  now: Date;
}): { certificate: Row; names: Row[] } {
  const { id, plan } = facts;
  return {
    certificate: {
      id,
      serial: facts.serial,
      issuerId: facts.authority.id,
      profileId: facts.profile?.id ?? null,
      status: "reserved",
      kind: "end-entity",
      displayName: displayName(plan),
      sortName: sortNameOf(displayName(plan)),
      subject: formatName(plan.subject),
      issuerName: facts.authority.subjectText,
      notBefore: plan.notBefore,
      notAfter: plan.notAfter,
      keyAlgorithm: plan.keyAlgorithm,
      keySha256: spkiSha256(plan.spki),
      body: facts.toBeSigned,
      source: facts.source,
      lineageId: facts.replaces?.lineageId ?? id,
      replacesId: facts.replaces?.id ?? null,
      requestedBy: facts.requestedBy,
      createdAt: facts.now,
      cohortId: null,
    },
    names: nameRows(id, plan),
  };
}

/**
 * Rows of CertificateName, which make a certificate findable by each of its names: the alternative
 * names, and the common name (type `cn`) where it is none of them.
 */
function nameRows(certificateId: string, plan: Pick<IssuancePlan, "names" | "subject">): Row[] {
  return searchedNames(plan).map((name, position) => {
    const value = name.value.toLowerCase();
    return {
      id: `${certificateId}.${position}`,
      certificateId,
      type: name.type,
      value,
      reversed: [...value].reverse().join(""),
    };
  });
}

function searchedNames({ names, subject }: Pick<IssuancePlan, "names" | "subject">) {
  const common = commonName(subject);
  const isThere = names.some((name) => name.value.toLowerCase() === common?.toLowerCase());
  return common === undefined || isThere ? names : [...names, { type: "cn", value: common }];
}

/** The name under which lists show a certificate. */
export function displayName(plan: Pick<IssuancePlan, "names" | "subject">): string {
  return commonName(plan.subject) ?? plan.names[0]?.value ?? formatName(plan.subject);
}

/** A reservation as the inventory takes it in. @param certificate the row from `reservationRows` */
export function newMember(certificate: Row): NewMember {
  return {
    id: String(certificate.id),
    lineageId: String(certificate.lineageId),
    keySha256: String(certificate.keySha256),
    replacesId: certificate.replacesId as string | null,
    kind: "end-entity",
    issuerId: certificate.issuerId as string | null,
    issuerName: String(certificate.issuerName),
    profileId: certificate.profileId as string | null,
    keyAlgorithm: String(certificate.keyAlgorithm),
    source: String(certificate.source),
    risks: ownRisks({
      kind: "end-entity",
      notBefore: certificate.notBefore as Date,
      notAfter: certificate.notAfter as Date,
    }),
  };
}
