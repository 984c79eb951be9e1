import { pathAbove } from "./authority-path.ts";
import type { Cause } from "./causes.ts";
import { certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext, VerifyFinding } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import { isSelfIssued, type KnownCertificate } from "./inventory-view.ts";
import { isItsOwnIssuer, type Presented } from "./presented.ts";

/**
 * "Certificate has expired" is often not the leaf: an authority above it, or the root that the proxy trusts, reads the
 * same. Its own end, its place in the chain, or the date that the line names tell which.
 */
export function expiredCertificate(finding: VerifyFinding, context: DiagnosisContext): Verdict {
  const { leaf, failing, handshake } = context;
  const told = failing?.notAfter ?? (finding.depth === 0 ? leaf?.notAfter : null) ?? null;
  const verdict = judged(finding, context);
  if (told === null || verdict.certainty !== "certain" || wasOver(told, handshake) !== "no") return verdict;
  const said = `It ends ${spoken(told)}, after this handshake: the proxy's clock or its log's may be wrong.`;
  return { ...verdict, certainty: "one-of", known: [...verdict.known, said], question: CLOCK };
}

const CLOCK = "Is the proxy's clock right?";

function judged(finding: VerifyFinding, context: DiagnosisContext): Verdict {
  const { leaf, failing } = context;
  if (failing !== null) return failingExpired(failing, finding.depth, context);
  if (finding.failedAt !== undefined) return endingThen(finding.failedAt, context);
  if (finding.depth !== null) return atDepth(finding.depth, context);
  if (leaf?.notAfter == null) return oneOf(ANY, [], WHICH);
  const said = `The client's certificate ends ${spoken(leaf.notAfter)}`;
  switch (wasOver(leaf.notAfter, context.handshake)) {
    case "yes":
      return certain("client-certificate-expired", [`${said}, before this handshake.`]);
    case "unsure":
      return oneOf(
        ANY,
        [`${said}, within hours of this handshake.`],
        "In which time zone does the proxy log?",
      );
    default:
      return aboveExpired(
        leaf,
        [`${said}: it was valid, so that an authority above it has expired.`],
        context,
      );
  }
}

const ANY: readonly Cause[] = ["client-certificate-expired", "authority-expired", "trust-anchor-expired"];

const WHICH = "Which certificate did the client present, and when does that one end?";

/** The line describes the certificate that failed, be it the leaf or one above. */
function failingExpired(failing: Presented, depth: number | null, { inventory }: DiagnosisContext): Verdict {
  const { known, subject, issuer } = failing;
  if (known !== null) return ofKind(known);
  if (depth === 0) return certain("client-certificate-expired");
  if (isItsOwnIssuer(failing)) return certain("trust-anchor-expired");
  if (subject !== null && inventory.authorities(subject).length > 0) return certain("authority-expired");
  if (depth !== null) return certain("authority-expired");
  const isBelowKnown = issuer !== null && pathAbove(issuer, inventory).levels.length > 0;
  return oneOf(
    ["client-certificate-expired", "authority-expired"],
    isBelowKnown ? ["Its issuer is known, but the certificate is not in the inventory."] : [],
    WHICH,
  );
}

/** Go names nothing but the end of the certificate that failed: whose is it? */
function endingThen(failedAt: number, { inventory }: DiagnosisContext): Verdict {
  const ending = inventory.byEnd(failedAt);
  const [only, ...others] = ending;
  if (only === undefined) return oneOf(ANY, [`No known certificate ends ${spoken(failedAt)}.`], WHICH);
  if (others.length === 0) return ofKind(only);
  // Of several that end together it is not told which one it was, but perhaps of what kind.
  const verdicts = ending.map(ofKind);
  const causes = [...new Set(verdicts.flatMap((verdict) => verdict.causes))];
  const [cause] = causes;
  const said = [`${ending.length} known certificates end ${spoken(failedAt)}.`];
  return cause !== undefined && causes.length === 1 ? certain(cause, said) : oneOf(causes, said, WHICH);
}

/** OpenSSL says how far above the leaf it was. */
function atDepth(depth: number, { leaf, inventory, handshake }: DiagnosisContext): Verdict {
  if (depth === 0) {
    return certain(
      "client-certificate-expired",
      leaf?.notAfter == null ? [] : [`The client's certificate ends ${spoken(leaf.notAfter)}.`],
    );
  }
  const above = leaf?.issuer == null ? [] : pathAbove(leaf.issuer, inventory).levels;
  const level = above[depth - 1] ?? [];
  const over = level.filter(({ notAfter }) => wasOver(notAfter, handshake) !== "no");
  const [failed] = over.length > 0 ? over : level;
  if (failed !== undefined) return ofKind(failed);
  return depth === 1
    ? oneOf(["authority-expired", "trust-anchor-expired"], [], WHICH)
    : oneOf(["trust-anchor-expired", "authority-expired"], [], WHICH);
}

/** The leaf was valid: the first authority above it that was not. */
export function aboveExpired(
  leaf: Presented,
  known: readonly string[],
  { inventory, handshake }: DiagnosisContext,
): Verdict {
  const { levels } = leaf.issuer === null ? { levels: [] } : pathAbove(leaf.issuer, inventory);
  for (const level of levels) {
    const [over, ...others] = level.filter(({ notAfter }) => wasOver(notAfter, handshake) === "yes");
    // Where one of that name was renewed, the proxy or the client still has the former.
    if (over !== undefined && others.every((other) => isSelfIssued(other) === isSelfIssued(over))) {
      const verdict = ofKind(over);
      return { ...verdict, known: [...known, ...verdict.known] };
    }
  }
  return oneOf(
    ["authority-expired", "trust-anchor-expired"],
    known,
    "Which certificates are in the proxy's bundle?",
  );
}

/** What it means that this certificate has expired. */
function ofKind(certificate: KnownCertificate): Verdict {
  const { name, notAfter, isAuthority } = certificate;
  const said = [`${name} ends ${spoken(notAfter)}.`];
  if (!isAuthority) return certain("client-certificate-expired", said, certificate);
  return certain(isSelfIssued(certificate) ? "trust-anchor-expired" : "authority-expired", said, certificate);
}
