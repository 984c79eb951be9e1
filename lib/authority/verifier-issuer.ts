import type { Fetched } from "#lib/authority/allowed-fetch.ts";
import {
  bad,
  type Evidence,
  evidenceOf,
  type Finding,
  failureFinding,
  good,
  mediaTypeFinding,
  notDerFinding,
  redirectFinding,
  statusFinding,
} from "#lib/authority/verifier-conclusion.ts";
import { DomainError } from "#lib/errors.ts";
import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { formatName, namesEqual } from "#lib/x509/name.ts";

/** What a client would conclude of the issuer's certificate at an address (RFC 5280 §4.2.2.1). */
export function concludeIssuer(
  url: string,
  fetched: Fetched,
  issuer: ParsedCertificate,
): { finding: Finding; evidence: Evidence[] } {
  const evidence = evidenceOf(fetched);
  if (!fetched.ok) return { finding: failureFinding(fetched, "the issuer's certificate"), evidence };
  const early =
    statusFinding(fetched, "the issuer's certificate") ??
    notDerFinding(fetched.body, "The issuer's certificate");
  if (early !== null) return { finding: early, evidence };
  const certificate = readable(fetched.body);
  if (certificate === null) {
    return { finding: bad("not-der", "Clients cannot read what is answered as a certificate."), evidence };
  }
  evidence.push({ label: "Subject", value: formatName(certificate.subject).slice(0, 200) });
  const isOther =
    certificate.sha256 !== issuer.sha256 &&
    (certificate.spkiSha256 !== issuer.spkiSha256 || !namesEqual(certificate.subject, issuer.subject));
  const finding = isOther
    ? bad("wrong-issuer", "The certificate of another authority is answered: clients find no path with it.")
    : (mediaTypeFinding(fetched, "application/pkix-cert") ??
      redirectFinding(fetched, url) ??
      good("Clients that lack the issuer's certificate find it."));
  return { finding, evidence };
}

function readable(der: Uint8Array): ParsedCertificate | null {
  try {
    return readForeignCertificate(der);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
