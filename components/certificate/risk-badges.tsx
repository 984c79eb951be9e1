import { Badge } from "#components/ui/badge.tsx";
import { RISKS, type Risk } from "#lib/inventory/certificate-risks.ts";

/** How a risk is named where there is little room. */
const SHORT: Record<Risk, string> = {
  "weak-key": "weak key",
  "long-life": "long life",
  findings: "findings",
  "reused-key": "reused key",
};

/** What is doubtful about a certificate, in short; the meaning on hover. */
export function RiskBadges({ risks }: { risks: readonly Risk[] }) {
  if (risks.length === 0) return <span className="text-faint">none</span>;
  return (
    <ul className="flex flex-wrap gap-1">
      {risks.map((risk) => (
        <li key={risk} title={RISKS[risk].meaning} className="inline-flex">
          <Badge tone="warn">{SHORT[risk]}</Badge>
        </li>
      ))}
    </ul>
  );
}
