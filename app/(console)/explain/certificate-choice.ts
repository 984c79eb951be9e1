import type { CertificateChoice } from "#components/access/certificate-choice.tsx";
import { certificateState } from "#components/certificate/certificate-state.ts";
import { absoluteTime } from "#components/ui/time-format.ts";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";

/** A certificate of the inventory as it is offered. */
export function certificateChoice(found: CertificateSummary, now: Date): CertificateChoice {
  const { word } = certificateState(found, now);
  return {
    id: found.id,
    name: found.displayName,
    detail: `${word} · until ${absoluteTime(found.notAfter).slice(0, 10)} · ${found.serial.slice(0, 8)}…`,
  };
}
