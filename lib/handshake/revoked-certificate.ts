import { pathAbove } from "./authority-path.ts";
import { certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext, VerifyFinding } from "./diagnosis-context.ts";
import { spoken } from "./event-time.ts";
import type { KnownCertificate } from "./inventory-view.ts";

/** "Certificate revoked" is said of the leaf and of every authority above it; what is revoked here tells which. */
export function revokedCertificate({ depth }: VerifyFinding, context: DiagnosisContext): Verdict {
  const { leaf, failing, inventory } = context;
  const named = failing?.known ?? null;
  if (named !== null) return ofKind(named);
  if (failing?.subject != null && inventory.authorities(failing.subject).length > 0)
    return certain("authority-revoked");
  if (depth === 0) return certain("client-certificate-revoked", saidOf(leaf?.known ?? null));
  const issuer = leaf?.issuer ?? failing?.issuer ?? null;
  const above = issuer === null ? [] : pathAbove(issuer, inventory).levels.flat();
  const authority = above.find(({ revocation }) => revocation !== null);
  if (depth !== null) return certain("authority-revoked", saidOf(authority ?? null), authority);
  const known = leaf?.known ?? null;
  if (known?.revocation != null) return certain("client-certificate-revoked", saidOf(known));
  if (authority !== undefined) {
    if (known !== null) return certain("authority-revoked", saidOf(authority), authority);
    return oneOf(
      ["authority-revoked", "client-certificate-revoked"],
      saidOf(authority),
      "Is the client's own certificate revoked, too?",
    );
  }
  return oneOf(
    ["client-certificate-revoked", "authority-revoked"],
    above.length === 0
      ? []
      : ["Nothing of this is revoked here: the proxy knows another CRL or OCSP answer."],
    known === null ? "Which certificate did the client present?" : "Where does the proxy get its CRL from?",
  );
}

function ofKind(certificate: KnownCertificate): Verdict {
  const { isAuthority } = certificate;
  return certain(
    isAuthority ? "authority-revoked" : "client-certificate-revoked",
    saidOf(certificate),
    certificate,
  );
}

function saidOf(certificate: KnownCertificate | null): string[] {
  if (certificate === null) return [];
  const { name, revocation } = certificate;
  if (revocation === null) return [`${name} is not revoked here.`];
  return [
    `${name} is ${revocation.isHold ? "suspended" : "revoked"} here since ${spoken(revocation.since)}.`,
  ];
}
