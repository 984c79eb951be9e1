/** What a proxy asks: may whoever holds this certificate do this at that service. Times are milliseconds since 1970. */
export interface AccessRequest {
  /** Short name of the service. */
  service: string;
  /** As it stands in the request line; null when the proxy did not say. */
  method: string | null;
  /** The target of the request as the proxy got it, with or without its query; null when the proxy did not say. */
  path: string | null;
  certificate: PresentedCertificate | CertificateFault;
}

/** Why there is nothing to decide about. */
export type CertificateFault = "absent" | "unreadable" | "several";

/** What is known of a client's certificate, once it was read and its signature checked. */
export interface PresentedCertificate {
  /** Of the whole certificate, lower-case hex. */
  sha256: string;
  /** Of its SubjectPublicKeyInfo, lower-case hex. */
  keySha256: string;
  /** Subject alternative names and the common name, in the order of the certificate; DNS names in lower case. */
  names: readonly PresentedName[];
  /** The authority by whose key its signature was verified; null when it is none that is known here. */
  issuer: string | null;
  notBefore: number;
  notAfter: number;
  /** Whether its extended key usage allows a TLS client (RFC 5280 §4.2.1.12). */
  isForClients: boolean;
  /** Security strength of its key in bits (NIST SP 800-57 part 1, table 2). */
  strength: number;
  /** Unknown while the database cannot be asked about a certificate that was not seen before. */
  revocation: "good" | "held" | "revoked" | "unknown";
}

export interface PresentedName {
  type: NameType;
  value: string;
}

/** A common name is believed least: anything may stand there. */
export type NameType = "uri" | "dns" | "commonName";
