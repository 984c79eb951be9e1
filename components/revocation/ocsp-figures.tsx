import { Figure } from "#components/revocation/crl-card.tsx";
import { Status } from "#components/ui/status.tsx";

/** How often certificates of an authority were asked for. */
export interface AuthorityOcsp {
  /** In the last minutes. */
  perSecond: number;
  recent: { good: number; revoked: number; unknown: number };
}

interface OcspFiguresProps {
  /** Undefined when nobody asked since the figures are kept. */
  figures: AuthorityOcsp | undefined;
  /** Of all authorities together; null when nobody asked lately. */
  latencyMs: { p50: number; p99: number } | null;
}

/** How OCSP is asked for an authority's certificates. */
export function OcspFigures({ figures, latencyMs }: OcspFiguresProps) {
  const recent = figures?.recent ?? { good: 0, revoked: 0, unknown: 0 };
  const asked = recent.good + recent.revoked + recent.unknown;
  return (
    <>
      <Figure term="OCSP answers">
        {asked === 0 ? "none lately" : `${rate(figures?.perSecond ?? 0)}/s`}
      </Figure>
      <Figure term="OCSP latency">
        {asked === 0 || latencyMs === null ? (
          <span className="text-muted">nothing to measure</span>
        ) : (
          <>
            {latencyMs.p50} ms <span className="text-muted">p99 {latencyMs.p99} ms</span>
          </>
        )}
      </Figure>
      <Figure term="OCSP unknown">
        {recent.unknown === 0 ? "none" : <Status tone="warn">{recent.unknown.toLocaleString("en")}</Status>}
      </Figure>
    </>
  );
}

function rate(perSecond: number): string {
  if (perSecond >= 10) return Math.round(perSecond).toLocaleString("en");
  return perSecond < 0.01 ? "under 0.01" : perSecond.toPrecision(2);
}
