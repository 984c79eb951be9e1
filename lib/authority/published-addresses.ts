import type { KeyUsage } from "#lib/x509/key-usage.ts";

/** Where relying parties find what an authority publishes. */
export interface PublishedAddresses {
  /** The CRL (RFC 5280 §4.2.1.13). */
  crl: string;
  /** The OCSP responder (RFC 6960 §3.1). */
  ocsp: string;
  /** The authority's own certificate (RFC 5280 §4.2.2.1). */
  issuer: string;
}

/**
 * The addresses that are printed in everything an authority signs. They begin with what the public URL was when
 * the authority was made: what is printed once has to answer for as long as the certificate lives.
 */
export function publishedAddresses(authority: {
  distributionBase: string;
  slug: string;
}): PublishedAddresses {
  const { distributionBase: base, slug } = authority;
  return { crl: `${base}/crl/${slug}.crl`, ocsp: `${base}/ocsp`, issuer: `${base}/ca/${slug}.crt` };
}

/**
 * The extensions that name these addresses in what an authority signs.
 *
 * @param keyUsage of its own certificate: an imported one may not sign CRLs, and relying parties believe none then
 */
export function addressExtensions(
  authority: { distributionBase: string; slug: string },
  keyUsage: readonly KeyUsage[] | null,
) {
  const { crl, ocsp, issuer } = publishedAddresses(authority);
  return {
    crlDistributionPoints: keyUsage === null || keyUsage.includes("cRLSign") ? [crl] : [],
    authorityInfoAccess: { ocsp: [ocsp], caIssuers: [issuer] },
  };
}
