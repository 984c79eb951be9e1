import { lifetimeSeconds } from "#lib/authority/renew.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { isKeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { commonName } from "#lib/x509/name.ts";
import { OID } from "#lib/x509/oids.ts";
import type { Replaced } from "./draft.ts";

/** What a renewal with a new key takes over from the old certificate. */
export function replacedBy(old: CertificateDetail): Replaced {
  const { subject, names } = old.parsed;
  return {
    id: old.id,
    name: old.displayName,
    serial: old.serial,
    profile: old.profile?.slug ?? "",
    commonName: commonName(subject) ?? "",
    otherAttributes: subject.filter((set) => !set.some((attribute) => attribute.type === OID.commonName)),
    names: names
      .filter((name): name is GeneralName => ["dns", "ip", "uri", "email"].includes(name.type))
      .map(({ type, value }) => ({ type, value })),
    keyAlgorithm: isKeyAlgorithm(old.keyAlgorithm) ? old.keyAlgorithm : null,
    lifetimeSeconds: lifetimeSeconds(old),
  };
}
