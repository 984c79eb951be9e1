import type { PresentedCertificate } from "#lib/access/decide/request.ts";

/** A certificate of the inventory that some credential fits, or did: it may be on a list. */
export interface Candidate {
  /** In the inventory. */
  id: string;
  /** Of the whole certificate, lower-case hex: all that nginx shows. */
  sha1: string;
  /** SHA-1 of its PEM text as OpenSSL writes it: what Apache can compute. */
  pemSha1: string;
  certificate: PresentedCertificate;
}
