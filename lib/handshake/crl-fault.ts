import { type AuthorityPath, intermediatesOf, keysOf, pathAbove } from "./authority-path.ts";
import { aboutTarget, certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext, VerifyFinding } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import type { InventoryView, KnownCertificate } from "./inventory-view.ts";
import { rootName } from "./missing-issuer.ts";
import { isItsOwnIssuer } from "./presented.ts";

const WHOSE = "Who issued the certificate that the client presented?";

/**
 * "Unable to get certificate CRL". nginx tells the last fault that it met, and looks for CRLs of strangers, too: there
 * it is about a CRL only if the issuer is one that the proxy trusts.
 */
export function missingCrl(
  { which }: VerifyFinding,
  { leaf, failing, inventory }: DiagnosisContext,
): Verdict {
  const presented = failing ?? leaf;
  const issuer = presented?.issuer ?? null;
  const path = issuer === null ? null : pathAbove(issuer, inventory);
  if (which === "first")
    return aboutTarget(
      certain("crl-missing", path === null ? [] : knownCrls(path, inventory)),
      uncovered(path, inventory),
    );
  if (presented === null || path === null)
    return oneOf(["issuer-unknown", "crl-missing", "self-signed"], [], WHOSE);
  if (isItsOwnIssuer(presented) && presented.known?.isAuthority !== true)
    return certain("self-signed", ["Subject and issuer are the same name."]);
  switch (path.standing) {
    case "trusted":
      return aboutTarget(
        certain("crl-missing", [`${rootName(path)} is trusted by the proxy.`, ...knownCrls(path, inventory)]),
        uncovered(path, inventory),
      );
    case "foreign":
      return certain("issuer-unknown", [`${rootName(path)} is not among the roots that the proxy trusts.`]);
    case "stranger":
      return oneOf(["issuer-unknown", "crl-missing"], ["No authority of the issuer's name is known here."]);
    default:
      return oneOf(
        path.standing === "presumed" ||
          (path.standing === "unknown" && uncovered(path, inventory) !== undefined)
          ? ["crl-missing", "issuer-unknown"]
          : ["issuer-unknown", "crl-missing"],
        ["Which roots the proxy trusts is not known.", ...knownCrls(path, inventory)],
        `Does the proxy trust ${rootName(path)}?`,
      );
  }
}

/** The first authority of the path of which no CRL is known here either. */
function uncovered(path: AuthorityPath | null, inventory: InventoryView): KnownCertificate | undefined {
  return path?.levels.find((level) =>
    level.every(({ subject }) => inventory.crls(subject).length === 0),
  )?.[0];
}

function knownCrls({ levels }: AuthorityPath, inventory: InventoryView): string[] {
  return levels.flatMap((level) => {
    const [authority] = level;
    if (authority === undefined) return [];
    const [crl] = inventory.crls(authority.subject);
    return crl === undefined
      ? [`No CRL of ${authority.name} is known here.`]
      : [`The CRL of ${authority.name} known here is of ${spoken(crl.thisUpdate)}.`];
  });
}

/** "CRL has expired": ours may be newer than the proxy's, or as old. */
export function expiredCrl({ leaf, failing, inventory, handshake }: DiagnosisContext): Verdict {
  const issuer = (failing ?? leaf)?.issuer ?? null;
  const levels = issuer === null ? [] : pathAbove(issuer, inventory).levels;
  const known: string[] = [];
  let late: KnownCertificate | undefined;
  for (const [authority] of levels) {
    const [crl] = authority === undefined ? [] : inventory.crls(authority.subject);
    if (authority === undefined || crl?.nextUpdate == null) continue;
    const isOver = wasOver(crl.nextUpdate, handshake) === "yes";
    if (isOver) late ??= authority;
    known.push(
      isOver
        ? `The CRL of ${authority.name} known here was due ${spoken(crl.nextUpdate)}: none has been published since.`
        : `The CRL of ${authority.name} known here holds until ${spoken(crl.nextUpdate)}: the proxy has an older one.`,
    );
  }
  return aboutTarget(certain("crl-expired", known), late ?? levels[0]?.[0]);
}

/**
 * "CRL signature failure". As the last fault of nginx it stands for a root that has another key, and for a chain that is
 * longer than it follows: in both it lacks the certificate with which a CRL is checked.
 */
export function crlSignature(
  { which }: VerifyFinding,
  { leaf, failing, inventory }: DiagnosisContext,
): Verdict {
  const issuer = (failing ?? leaf)?.issuer ?? null;
  const question = "How many authorities stand above the certificate, and how deep does the proxy verify?";
  if (issuer === null) {
    return which === "last"
      ? oneOf(["chain-too-long", "trust-anchor-rekeyed"], [], question)
      : oneOf(["trust-anchor-rekeyed", "crl-missing"], [], "With which key is the proxy's CRL signed?");
  }
  const { levels } = pathAbove(issuer, inventory);
  const between = levels.filter((level) => intermediatesOf(level).length > 0).length;
  const rekeyed = levels.find((level) => keysOf(level) > 1);
  const name = rekeyed?.[0]?.name;
  const known = [
    ...(between > 1 ? [`${between} authorities stand between the certificate and its root.`] : []),
    ...(name === undefined ? [] : [`Several keys stand under the name ${name}.`]),
  ];
  if (which === "last" && between > 1)
    return oneOf(["chain-too-long", "trust-anchor-rekeyed"], known, question);
  // Elsewhere it is the CRL that has the other key, of whichever authority.
  if (which === "last" && rekeyed !== undefined) return certain("trust-anchor-rekeyed", known);
  return oneOf(
    ["trust-anchor-rekeyed", which === "last" ? "chain-too-long" : "crl-missing"],
    known,
    which === "last" ? question : "With which key is the proxy's CRL signed?",
  );
}
