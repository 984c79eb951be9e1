import type { InventoryView, ProxyFacts } from "./inventory-view.ts";
import type { Finding } from "./observation.ts";
import { type Presented, presentedOf } from "./presented.ts";
import type { WholeHandshake } from "./whole-handshake.ts";

/** What every rule of a diagnosis looks at. */
export interface DiagnosisContext {
  handshake: WholeHandshake;
  inventory: InventoryView;
  facts: ProxyFacts;
  /** What the other side presented. */
  leaf: Presented | null;
  /** The certificate of the chain that failed, where a line names that one. It may be the leaf. */
  failing: Presented | null;
}

/** A certificate that was looked at and refused. */
export type VerifyFinding = Extract<Finding, { kind: "verify" }>;

export function contextOf(
  handshake: WholeHandshake,
  inventory: InventoryView,
  facts: ProxyFacts,
): DiagnosisContext {
  const { leaf, failing } = handshake;
  return {
    handshake,
    inventory,
    facts,
    leaf: leaf === null ? null : presentedOf(leaf, inventory),
    failing: failing === null ? null : presentedOf(failing, inventory),
  };
}
