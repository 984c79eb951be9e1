/**
 * What a diagnosis asks of the inventory. Everything was gathered beforehand, so that a diagnosis is a pure function of
 * lines and facts. Names are comparable ones (comparable-name.ts), hexadecimal is in lower case.
 */
export interface InventoryView {
  bySha256(sha256: string): KnownCertificate | null;
  bySha1(sha1: string): KnownCertificate | null;
  /** @param serial without leading zeros, as in `SeenCertificate` */
  bySerial(issuer: string, serial: string): KnownCertificate | null;
  /** The same where nobody says whose serial number it is: one, as a rule. */
  withSerial(serial: string): readonly KnownCertificate[];
  /** Those of a subject that are no authorities; the newest ones, where there are many. */
  bySubject(subject: string): readonly KnownCertificate[];
  /** Those that end at that very second: Go names nothing else of a certificate. */
  byEnd(notAfter: number): readonly KnownCertificate[];
  /** Those that servers of that DNS name may show, no authorities; stars count, as in a handshake. */
  byServerName(name: string): readonly KnownCertificate[];
  /** All certificates of authorities of that name: of several keys, and of those renewed. */
  authorities(subject: string): readonly KnownCertificate[];
  /** Those of authorities whose common name it is, as written. */
  authoritiesByCommonName(commonName: string): readonly KnownCertificate[];
  /** CRLs of the authorities of that name, as they are known here; the newest first. */
  crls(issuer: string): readonly KnownCrl[];
}

/** A certificate of the inventory. */
export interface KnownCertificate {
  id: string;
  /** To be shown. */
  name: string;
  subject: string;
  issuer: string;
  /** Lower-case hex without leading zeros. */
  serial: string;
  /** SHA-256 of its public key. */
  key: string;
  /** Milliseconds since 1970. */
  notBefore: number;
  notAfter: number;
  isAuthority: boolean;
  /** Null when it is not revoked. */
  revocation: { since: number; isHold: boolean } | null;
  /** `clientAuth`, `serverAuth`, …; null when every use is allowed. */
  extendedKeyUsage: readonly string[] | null;
  /** Names in it, as `dns:…`, `ip:…` or `uri:…`. */
  names: readonly string[];
  /**
   * Of authorities: whether the proxy trusts this very one. `presumed` and `doubtful`: nobody has said what it trusts,
   * and what its clients have makes it likely or not (presumed-trust.ts). `unknown`: those above have to say it.
   */
  trust: "trusted" | "presumed" | "doubtful" | "foreign" | "unknown";
  /** Of whom it is, where a client has it as a credential. */
  client: KnownClient | null;
}

export interface KnownClient {
  id: string;
  name: string;
  /** Why decisions refuse it, whatever its certificate is, and since when; null while they do not. */
  refused: { as: "suspended" | "retired" | "expired"; since: number } | null;
}

export interface KnownCrl {
  thisUpdate: number;
  nextUpdate: number | null;
}

/** What is known of the proxy whose lines are read. */
export interface ProxyFacts {
  /** Of the software, as `1.22.1`. */
  version: string | null;
  /** What it shows to clients, as far as it is known: several where it has several listeners. */
  serverCertificates: readonly KnownCertificate[];
  /** What its upstreams show to it. */
  upstreamCertificates: readonly KnownCertificate[];
  /** What it shows to its upstreams. */
  ownCertificates: readonly KnownCertificate[];
}

/** Of a proxy that nobody has told anything about. */
export const UNKNOWN_PROXY: ProxyFacts = {
  version: null,
  serverCertificates: [],
  upstreamCertificates: [],
  ownCertificates: [],
};

/** Whether two certificates are of one and the same name. */
export function isSelfIssued({ subject, issuer }: Pick<KnownCertificate, "subject" | "issuer">): boolean {
  return subject === issuer;
}
