import { Notice } from "#components/ui/notice.tsx";
import { RISKS, type Risk } from "#lib/inventory/certificate-risks.ts";

/** What to do about a risk. */
const REMEDIES: Record<Risk, string> = {
  "weak-key":
    "Renew it with a new key: ECDSA P-256, or RSA of 2048 bits at least, signed with SHA-256. Until then, attackers with enough computing power may pass for it.",
  "long-life":
    "Renew it for a shorter time. A key that leaks stays useful to a thief until the certificate ends.",
  findings:
    "Look below under “Checks against the standards” for what is wrong, then have it issued again without that.",
  "reused-key":
    "Renew it with a key of its own. Whoever gets the key of one can use all of them, and revoking one does not help.",
};

/** What is doubtful about a certificate, why, and what helps. */
export function RiskNotices({ risks }: { risks: readonly Risk[] }) {
  return risks.map((risk) => (
    <Notice key={risk} tone="warn" title={RISKS[risk].name}>
      {RISKS[risk].meaning} {REMEDIES[risk]}
    </Notice>
  ));
}
