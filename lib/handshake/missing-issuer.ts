import { type AuthorityPath, intermediatesOf, keysOf, pathAbove } from "./authority-path.ts";
import { aboutTarget, certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext, VerifyFinding } from "./diagnosis-context.ts";
import type { InventoryView, KnownCertificate } from "./inventory-view.ts";
import { isItsOwnIssuer, type Presented } from "./presented.ts";

/** X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: the leaf came alone. */
const LEAF_ALONE = 21;

const SENT = "Which certificates did the client send, and which roots does the proxy trust?";

/**
 * A foreign authority, a forgotten or wrong intermediate and a root with a new key under its old name all read "unable
 * to get issuer certificate". The name of the certificate that the proxy looked for and did not find tells them apart:
 * a stranger's, that of an authority between, or that of a root.
 */
export function missingIssuer(finding: VerifyFinding, context: DiagnosisContext): Verdict {
  const { leaf, failing, inventory } = context;
  const presented = failing ?? leaf;
  if (presented?.issuer == null) return withoutNames(finding, context);
  if (presented.role === "leaf" && isItsOwnIssuer(presented) && presented.known?.isAuthority !== true)
    return certain("self-signed", [], presented.known ?? undefined);
  const isAbove = isAboveLeaf(finding, presented, context);
  const wanted = wantedName(finding, presented, isAbove, inventory);
  if (wanted === null) return unknownPlace(presented.issuer, inventory);
  const path = pathAbove(wanted, inventory);
  if (path.standing === "stranger" && isAbove && isOurs(presented, inventory)) return unknownAbove();
  return judge(path, isAbove);
}

/** Whether what stands below the missing one is an authority that is known here. */
function isOurs({ role, subject, issuer }: Presented, inventory: InventoryView): boolean {
  const below = role === "failing" ? subject : issuer;
  return below !== null && inventory.authorities(below).length > 0;
}

function unknownAbove(): Verdict {
  return oneOf(
    ["issuer-unknown", "trust-anchor-rekeyed"],
    ["The authority below is known here, and the one that the proxy looked for is not."],
    SENT,
  );
}

/** Whether an issuer of the leaf was found, and what is missing stands above that one. */
function isAboveLeaf(
  { error, depth, which }: VerifyFinding,
  presented: Presented,
  { inventory }: DiagnosisContext,
): boolean {
  if (error === LEAF_ALONE) return false;
  if (depth !== null) return depth > 0;
  if (presented.role === "failing")
    return presented.subject !== null && inventory.authorities(presented.subject).length > 0;
  // After 20 a leaf that came alone would have given 21, and the last error is what is told.
  return which === "last";
}

/** The comparable name of the certificate that the proxy looked for. */
function wantedName(
  { depth }: VerifyFinding,
  { role, issuer }: Presented,
  isAbove: boolean,
  inventory: InventoryView,
): string | null {
  if (issuer === null || role === "failing" || !isAbove) return issuer;
  const { levels } = pathAbove(issuer, inventory);
  // Without a depth it is the top, as all below it was sent.
  const level = depth === null ? levels.at(-1) : levels[depth - 1];
  return level?.[0]?.issuer ?? null;
}

function judge(path: AuthorityPath, isAbove: boolean): Verdict {
  const [level = []] = path.levels;
  const name = level[0]?.name ?? "";
  switch (path.standing) {
    case "stranger":
      return isAbove
        ? certain("issuer-unknown", ["No authority of the missing name is in the inventory."])
        : oneOf(
            ["issuer-unknown", "intermediate-missing"],
            ["No authority of the issuer's name is in the inventory."],
            "Whose is the issuer, and is it one of yours?",
          );
    case "foreign":
      return certain("issuer-unknown", [`${rootName(path)} is not among the roots that the proxy trusts.`]);
    case "trusted":
      if (intermediatesOf(level).some(({ trust }) => trust === "trusted")) return otherBundle(level);
      return intermediatesOf(level).length > 0
        ? aboutTarget(
            certain("intermediate-missing", [
              `${name} stands below a root that the proxy trusts: the client has to send it.`,
            ]),
            level[0],
          )
        : missingRoot(level);
    default:
      return intermediatesOf(level).length > 0
        ? aboutTarget(
            oneOf(
              path.standing === "doubtful"
                ? ["issuer-unknown", "intermediate-missing"]
                : ["intermediate-missing", "issuer-unknown"],
              [`${name} is known here; which roots the proxy trusts is not.`],
              SENT,
            ),
            level[0],
          )
        : unknownRoot(level);
  }
}

/** It need not be sent where it is in the proxy's bundle; and the proxy says that it did not find it. */
function otherBundle(level: readonly KnownCertificate[]): Verdict {
  const name = level[0]?.name ?? "";
  return aboutTarget(
    oneOf(
      ["intermediate-missing", "issuer-unknown"],
      [`${name} is in the bundle that the proxy is said to load: it has another one, or an older one.`],
      "Which certificates are in the file that the proxy has loaded?",
    ),
    level[0],
  );
}

/** The proxy should trust that root, and did not find it: it has another of that name, or none. */
function missingRoot(level: readonly KnownCertificate[]): Verdict {
  const name = level[0]?.name ?? "";
  return keysOf(level) > 1
    ? certain("trust-anchor-rekeyed", [`${keysOf(level)} roots with different keys are called ${name}.`])
    : oneOf(
        ["trust-anchor-rekeyed", "issuer-unknown"],
        [`${name} is a root that the proxy should trust.`],
        "Is that very certificate in the proxy's bundle?",
      );
}

/** Nobody has said whether the proxy trusts it; the proxy says that it has it not. */
export function unknownRoot(level: readonly KnownCertificate[]): Verdict {
  const name = level[0]?.name ?? "";
  if (keysOf(level) > 1) {
    return oneOf(
      ["trust-anchor-rekeyed", "issuer-unknown"],
      [`${keysOf(level)} roots with different keys are called ${name}.`],
      `Which certificate of ${name} is in the proxy's bundle?`,
    );
  }
  const isDoubtful = level.every(({ trust }) => trust === "doubtful");
  return oneOf(
    ["issuer-unknown", "trust-anchor-rekeyed"],
    [
      isDoubtful
        ? `${name} is known here; few clients have certificates from it.`
        : `${name} is known here; which roots the proxy trusts is not.`,
    ],
    `Which certificate of ${name} is in the proxy's bundle?`,
  );
}

/** The chain is known up to somewhere, but not where it broke. */
function unknownPlace(issuer: string, inventory: InventoryView): Verdict {
  return pathAbove(issuer, inventory).standing === "trusted"
    ? oneOf(["trust-anchor-rekeyed", "issuer-unknown"], [], SENT)
    : oneOf(["issuer-unknown", "trust-anchor-rekeyed"], [], SENT);
}

/** The line names no issuer: only what the number says is left. */
function withoutNames({ error, which, depth }: VerifyFinding, { handshake }: DiagnosisContext): Verdict {
  const question = "Who issued the certificate that the client presented?";
  if (error === LEAF_ALONE) {
    return handshake.reasons.has("stale-error")
      ? oneOf(["intermediate-missing", "issuer-unknown"], STALE, question)
      : oneOf(["issuer-unknown", "intermediate-missing"], [], question);
  }
  if (which === "last" || (depth ?? 0) > 0)
    return oneOf(["issuer-unknown", "trust-anchor-rekeyed"], [], question);
  return oneOf(["issuer-unknown", "intermediate-missing", "self-signed"], [], question);
}

/** What the stale error of nginx means. */
export const STALE: readonly string[] = [
  "nginx tried the signature of a CRL of that issuer: the issuer is no stranger to it.",
];

export function rootName(path: AuthorityPath): string {
  return path.levels.at(-1)?.[0]?.name ?? "its root";
}
