/**
 * X509_V_ERR_… by number, each with the words of all versions of OpenSSL from 1.0.2 on, in lower case
 * (crypto/x509/x509_txt.c). Numbers that say nothing of a certificate are left out, and 27 ("certificate not trusted"),
 * because HAProxy writes the same words for any fault of a client certificate.
 */
const WORDS: readonly (readonly [error: number, words: readonly string[]])[] = [
  [2, ["unable to get issuer certificate"]],
  [3, ["unable to get certificate crl"]],
  [4, ["unable to decrypt certificate's signature"]],
  [5, ["unable to decrypt crl's signature"]],
  [6, ["unable to decode issuer public key"]],
  [7, ["certificate signature failure"]],
  [8, ["crl signature failure"]],
  [9, ["certificate is not yet valid"]],
  [10, ["certificate has expired"]],
  [11, ["crl is not yet valid"]],
  [12, ["crl has expired"]],
  [13, ["format error in certificate's notbefore field"]],
  [14, ["format error in certificate's notafter field"]],
  [15, ["format error in crl's lastupdate field"]],
  [16, ["format error in crl's nextupdate field"]],
  [18, ["self-signed certificate", "self signed certificate"]],
  [19, ["self-signed certificate in certificate chain", "self signed certificate in certificate chain"]],
  [20, ["unable to get local issuer certificate"]],
  [21, ["unable to verify the first certificate"]],
  [22, ["certificate chain too long"]],
  [23, ["certificate revoked"]],
  [24, ["issuer certificate doesn't have a public key"]],
  [25, ["path length constraint exceeded"]],
  [26, ["unsuitable certificate purpose", "unsupported certificate purpose"]],
  [28, ["certificate rejected"]],
  [29, ["subject issuer mismatch"]],
  [30, ["authority and subject key identifier mismatch"]],
  [31, ["authority and issuer serial number mismatch"]],
  [32, ["key usage does not include certificate signing"]],
  [33, ["unable to get crl issuer certificate"]],
  [34, ["unhandled critical extension"]],
  [35, ["key usage does not include crl signing"]],
  [36, ["unhandled critical crl extension"]],
  [37, ["invalid non-ca certificate (has ca markings)", "invalid non-ca certificate"]],
  [38, ["proxy path length constraint exceeded"]],
  [39, ["key usage does not include digital signature"]],
  [40, ["proxy certificates not allowed, please set the appropriate flag"]],
  [41, ["invalid or inconsistent certificate extension"]],
  [42, ["invalid or inconsistent certificate policy extension"]],
  [43, ["no explicit policy"]],
  [44, ["different crl scope"]],
  [45, ["unsupported extension feature"]],
  [46, ["rfc 3779 resource not subset of parent's resources"]],
  [47, ["permitted subtree violation"]],
  [48, ["excluded subtree violation"]],
  [49, ["name constraints minimum and maximum not supported"]],
  [50, ["application verification failure"]],
  [51, ["unsupported name constraint type"]],
  [52, ["unsupported or invalid name constraint syntax"]],
  [53, ["unsupported or invalid name syntax"]],
  [54, ["crl path validation error"]],
  [56, ["suite b: certificate version invalid"]],
  [57, ["suite b: invalid public key algorithm"]],
  [58, ["suite b: invalid ecc curve"]],
  [59, ["suite b: invalid signature algorithm"]],
  [60, ["suite b: curve not allowed for this los"]],
  [61, ["suite b: cannot sign p-384 with p-256"]],
  [62, ["hostname mismatch"]],
  [63, ["email address mismatch"]],
  [64, ["ip address mismatch"]],
  [65, ["no matching dane tlsa records"]],
  [66, ["ee certificate key too weak"]],
  [67, ["ca certificate key too weak"]],
  [68, ["ca signature digest algorithm too weak"]],
  [71, ["certificate transparency required, but no valid scts found"]],
  [72, ["proxy subject name violation"]],
  [73, ["ocsp verification needed"]],
  [74, ["ocsp verification failed"]],
  [75, ["ocsp unknown cert"]],
  [76, ["cannot find certificate signature algorithm", "unsupported signature algorithm"]],
  [77, ["subject signature algorithm and issuer public key algorithm mismatch"]],
  [78, ["cert info signature and signature algorithm mismatch"]],
  [79, ["invalid ca certificate"]],
  [80, ["path length invalid for non-ca cert"]],
  [81, ["path length given without key usage keycertsign"]],
  [82, ["key usage keycertsign invalid for non-ca cert"]],
  [83, ["issuer name empty"]],
  [84, ["subject name empty"]],
  [85, ["missing authority key identifier"]],
  [86, ["missing subject key identifier"]],
  [87, ["empty subject alternative name extension"]],
  [88, ["subject empty and subject alt name extension not critical"]],
  [89, ["basic constraints of ca cert not marked critical"]],
  [90, ["authority key identifier marked critical"]],
  [91, ["subject key identifier marked critical"]],
  [92, ["ca cert does not include key usage extension"]],
  [93, ["using cert extension requires at least x509v3"]],
  [94, ["certificate public key has explicit ecc parameters"]],
];

const BY_WORDS: ReadonlyMap<string, number> = new Map(
  WORDS.flatMap(([error, words]) => words.map((each) => [each, error] as const)),
);

/** "self-signed certificate in certificate chain" has to be looked for before "self-signed certificate". */
const LONGEST_FIRST = [...BY_WORDS].sort(([a], [b]) => b.length - a.length);

/** The number of a verification error whose words these are, and nothing else. */
export function verifyErrorOf(words: string): number | null {
  return BY_WORDS.get(words.trim().toLowerCase()) ?? null;
}

/** The first verification error that is named somewhere in a text, longer words before shorter ones. */
export function verifyErrorIn(text: string): { error: number; words: string } | null {
  const lower = text.toLowerCase();
  for (const [words, error] of LONGEST_FIRST) {
    const at = lower.indexOf(words);
    if (at >= 0) return { error, words: text.slice(at, at + words.length) };
  }
  return null;
}
