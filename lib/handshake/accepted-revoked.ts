import { certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import type { InventoryView } from "./inventory-view.ts";

/** A CRL of ours lives as long, when none is known that would say it. */
const USUAL_LIFE_MS = 72 * 3_600_000;

/** It went through; that of a revoked certificate should not have. */
export function accepted({ leaf, handshake, inventory }: DiagnosisContext): Verdict {
  const revocation = leaf?.known?.revocation ?? null;
  const wasRevoked = revocation === null ? "no" : wasOver(revocation.since, handshake);
  if (revocation === null || wasRevoked === "no") return certain("none");
  const said = `The certificate is revoked here since ${spoken(revocation.since)}.`;
  if (wasRevoked === "unsure")
    return oneOf(["revocation-not-checked", "none"], [said], "In which time zone does the proxy log?");
  const resumed = handshake.observations.some((line) => line.resumed === true);
  const age = (handshake.at ?? 0) - revocation.since;
  if (!resumed && age > lifeOfCrls(leaf?.issuer ?? null, inventory))
    return certain("revocation-not-checked", [said]);
  return oneOf(
    ["revocation-not-checked", "none"],
    [
      said,
      resumed
        ? "It resumed a session of before, in which no certificate is looked at."
        : "A CRL of before may still be good.",
    ],
    "Of when is the CRL that the proxy has loaded, and does it resume sessions?",
  );
}

/** So long a proxy may go on with the CRL that it has. */
function lifeOfCrls(issuer: string | null, inventory: InventoryView): number {
  const lives = (issuer === null ? [] : inventory.crls(issuer)).flatMap(({ thisUpdate, nextUpdate }) =>
    nextUpdate === null ? [] : [nextUpdate - thisUpdate],
  );
  return lives.length === 0 ? USUAL_LIFE_MS : Math.max(...lives);
}
