import { pathAbove } from "./authority-path.ts";
import type { Cause } from "./causes.ts";
import { cannotTell, certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext, VerifyFinding } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import { isSelfIssued } from "./inventory-view.ts";
import { isItsOwnIssuer, type Presented } from "./presented.ts";

/**
 * The client's certificate was refused, and the line does not say why: what the inventory has against it. Without a
 * certificate it is what it usually is.
 */
export function suspectedFaults(finding: VerifyFinding, context: DiagnosisContext): Verdict {
  const presented = context.leaf ?? context.failing;
  const faults = presented === null ? [] : faultsOf(presented, context);
  const [first] = faults;
  if (first === undefined)
    return cannotTell(usual(finding, presented, context), "Why did the proxy refuse it?");
  const known = faults.map(({ said }) => said);
  // Whoever verifies at all refuses what is past its end.
  if (first.isBeyondDoubt && faults.length === 1) return certain(first.cause, known);
  return oneOf(
    faults.map(({ cause }) => cause),
    known,
    "Does the proxy check the same as we do?",
  );
}

/** What it usually is, by how far above the leaf it was. */
function usual(
  { depth, words }: VerifyFinding,
  presented: Presented | null,
  { handshake }: DiagnosisContext,
): readonly Cause[] {
  // Old versions of Go leave it at that.
  if (words.includes("expired or is not yet valid"))
    return ["client-certificate-expired", "authority-expired", "client-certificate-not-yet-valid"];
  // HAProxy says it of any certificate above the leaf.
  if ((depth ?? 0) > 0 || words === "SSL client CA chain cannot be verified")
    return ["issuer-unknown", "authority-expired", "authority-revoked"];
  // It is in order as far as is known here, and so are those above it.
  if (presented?.known != null) {
    // HAProxy has no number for a chain that is too long for it.
    return handshake.proxy === "haproxy"
      ? ["chain-too-long", "crl-missing", "intermediate-missing"]
      : ["intermediate-missing", "crl-missing", "trust-anchor-rekeyed"];
  }
  return ["client-certificate-expired", "issuer-unknown", "intermediate-missing"];
}

interface Fault {
  cause: Cause;
  said: string;
  isBeyondDoubt: boolean;
}

function faultsOf(presented: Presented, { inventory, handshake }: DiagnosisContext): Fault[] {
  const { known, issuer, notAfter, notBefore } = presented;
  const faults: Fault[] = [];
  const add = (cause: Cause, said: string, isBeyondDoubt = false) =>
    faults.push({ cause, said, isBeyondDoubt });
  const isOver = notAfter !== null && wasOver(notAfter, handshake) === "yes";
  if (isOver) add("client-certificate-expired", `The certificate ends ${spoken(notAfter)}.`, true);
  if (notBefore !== null && wasOver(notBefore, handshake) === "no")
    add("client-certificate-not-yet-valid", `The certificate begins ${spoken(notBefore)}.`, true);
  if (known?.revocation != null)
    add("client-certificate-revoked", `It is revoked here since ${spoken(known.revocation.since)}.`);
  if (known?.extendedKeyUsage?.includes("clientAuth") === false)
    add("wrong-extended-key-usage", "It is not made for client authentication.");
  if (isItsOwnIssuer(presented)) add("self-signed", "Subject and issuer are the same name.");
  else if (issuer !== null) aboveFaults(issuer, add, { inventory, handshake });
  return faults;
}

function aboveFaults(
  issuer: string,
  add: (cause: Cause, said: string) => void,
  { inventory, handshake }: Pick<DiagnosisContext, "inventory" | "handshake">,
): void {
  const { levels, standing } = pathAbove(issuer, inventory);
  if (standing === "stranger" || standing === "foreign") {
    const isLeaf = inventory.bySubject(issuer).length > 0;
    if (isLeaf) add("issuer-not-an-authority", "The certificate of its issuer is not one of an authority.");
    else add("issuer-unknown", "The proxy does not trust what stands above its issuer.");
  }
  for (const level of levels) {
    const [over] = level.every(({ notAfter }) => wasOver(notAfter, handshake) === "yes") ? level : [];
    if (over !== undefined) {
      add(
        isSelfIssued(over) ? "trust-anchor-expired" : "authority-expired",
        `${over.name} ends ${spoken(over.notAfter)}.`,
      );
    }
    const [revoked] = level.every(({ revocation }) => revocation !== null) ? level : [];
    if (revoked?.revocation != null)
      add("authority-revoked", `${revoked.name} is revoked here since ${spoken(revoked.revocation.since)}.`);
  }
}
