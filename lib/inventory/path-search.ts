import { type ParsedCertificate, verifyCertificateSignature } from "#lib/x509/certificate-reader.ts";
import { namesEqual } from "#lib/x509/name.ts";
import { isSelfIssued } from "#lib/x509/path-faults.ts";

/** A certificate as the search walks over it. */
export interface PathNode {
  parsed: ParsedCertificate;
}

/** The end of a path that leads no further up. */
export type DeadEnd =
  /** Nothing here has the issuer's name. */
  | { kind: "missing" }
  /** Certificates of that name are here, but none of their keys made the signature. */
  | { kind: "unsigned"; candidates: number }
  /** What could go on leads back to where the path has been. */
  | { kind: "circle" }
  /** A bound on length or work was reached. */
  | { kind: "unfinished" };

/** A certificate first, and above it whoever signed each. */
export interface FoundPath<Node extends PathNode> {
  nodes: Node[];
  /** Null when the last one has signed itself. */
  deadEnd: DeadEnd | null;
}

/** The most certificates in a path; no sensible hierarchy is deeper. */
const DEPTH_MAX = 10;

/** The most signatures that one search checks; each takes up to a millisecond. */
const SIGNATURES_MAX = 64;

/** The most paths that are followed to their end. */
const PATHS_MAX = 32;

/**
 * Follows the issuers of a certificate upwards, by name, key identifier and signature, along every way there is:
 * cross-signed authorities have several. A path never holds the same name with the same key twice (RFC 4158
 * §5.2), so certificates that sign each other do no harm, and its work is bounded whatever the certificates are.
 *
 * @param start the certificate
 * @param issuersOf the certificates whose subject may be the issuer's name of the one given
 * @param now whole seconds; what is valid now is tried first
 */
export async function searchPaths<Node extends PathNode>(
  start: Node,
  issuersOf: (child: Node) => Promise<readonly Node[]>,
  now: Date,
): Promise<FoundPath<Node>[]> {
  const found: FoundPath<Node>[] = [];
  const signed = signatureChecks();

  const follow = async (nodes: readonly Node[]): Promise<void> => {
    const end = (deadEnd: DeadEnd | null) => void found.push({ nodes: [...nodes], deadEnd });
    const child = nodes.at(-1) as Node;
    const itself = isSelfIssued(child.parsed) ? signed(child, child) : false;
    if (itself === true) return end(null);
    if (nodes.length === DEPTH_MAX || itself === "exhausted") return end({ kind: "unfinished" });

    const named = (await issuersOf(child)).filter(({ parsed }) =>
      namesEqual(parsed.subject, child.parsed.issuer),
    );
    const fresh = named.filter((candidate) => !nodes.some((node) => isSameEntity(node, candidate)));
    // Who has another key identifier than the one that is named is refused by relying parties even if it signed.
    const isNamed = ({ parsed: { subjectKeyIdentifier: own } }: Node) =>
      own === null ||
      child.parsed.authorityKeyIdentifier === null ||
      own === child.parsed.authorityKeyIdentifier;
    let exhausted = false;
    const signersAmong = (candidates: readonly Node[]) =>
      candidates.toSorted(byPromise(child, now)).filter((candidate) => {
        const verdict = signed(child, candidate);
        if (verdict === "exhausted") exhausted = true;
        return verdict === true;
      });
    let signers = signersAmong(fresh.filter(isNamed));
    if (signers.length === 0) signers = signersAmong(fresh.filter((candidate) => !isNamed(candidate)));
    if (signers.length === 0) {
      if (exhausted) return end({ kind: "unfinished" });
      if (named.length === 0) return end({ kind: "missing" });
      return end(
        fresh.length < named.length ? { kind: "circle" } : { kind: "unsigned", candidates: named.length },
      );
    }
    for (const signer of signers) {
      if (found.length >= PATHS_MAX) return;
      await follow([...nodes, signer]);
    }
  };
  await follow([start]);
  return found;
}

/** Each signature is checked once, however many paths lead over it. */
function signatureChecks() {
  const known = new Map<string, boolean>();
  return (child: PathNode, issuer: PathNode): boolean | "exhausted" => {
    const key = `${child.parsed.sha256} ${issuer.parsed.spkiSha256}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= SIGNATURES_MAX) return "exhausted";
    const verdict = verifyCertificateSignature(child.parsed.der, issuer.parsed.spki);
    known.set(key, verdict);
    return verdict;
  };
}

/** The same name with the same key is the same authority, whatever certificate says so. */
function isSameEntity(left: PathNode, right: PathNode): boolean {
  return (
    left.parsed.spkiSha256 === right.parsed.spkiSha256 &&
    namesEqual(left.parsed.subject, right.parsed.subject)
  );
}

/** The most promising first: the key that the child names, then what is valid now, roots, and the longest valid. */
function byPromise(child: PathNode, now: Date) {
  const promise = ({ parsed }: PathNode) => [
    Number(parsed.subjectKeyIdentifier === child.parsed.authorityKeyIdentifier),
    Number(parsed.notBefore <= now && parsed.notAfter > now),
    Number(isSelfIssued(parsed)),
    parsed.notAfter.getTime(),
  ];
  return (left: PathNode, right: PathNode): number => {
    const [of, other] = [promise(left), promise(right)];
    const at = of.findIndex((each, index) => each !== other[index]);
    return at < 0 ? 0 : (other[at] as number) - (of[at] as number);
  };
}
