import Link from "next/link";
import { TrustedByList } from "#components/bundle/trusted-by-list.tsx";
import { certificateSource } from "#components/certificate/certificate-source.ts";
import { LineageList } from "#components/certificate/lineage-list.tsx";
import { CertificateChain } from "#components/chain/certificate-chain.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import type { CertificatePath } from "#lib/inventory/certificate-path.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import type { TrustingBundle } from "#lib/inventory/trusted-by.ts";
import { lintCertificate } from "#lib/x509/lint.ts";
import type { ChainLink } from "./chain.ts";

interface SurroundingsProps {
  certificate: CertificateDetail;
  chain: readonly ChainLink[];
  now: Date;
  paths: readonly CertificatePath[];
  bundles: readonly TrustingBundle[];
  /** Whether missing issuers may be imported. */
  mayImport: boolean;
}

/** What stands round a certificate: who signed it, what it was before, how it is recognised, what is wrong with it. */
export function Surroundings({ certificate, chain, now, paths, bundles, mayImport }: SurroundingsProps) {
  const { parsed } = certificate;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card title="Chain">
        <CertificateChain paths={paths} importHref={mayImport ? "/certificates/import" : undefined} />
      </Card>
      <Card title="Trusted by">
        <TrustedByList bundles={bundles} />
      </Card>
      <Card title="Fingerprints">
        <dl className="flex flex-col gap-3 text-sm">
          <Fingerprint label="SHA-256 fingerprint" hex={parsed.sha256} />
          <Fingerprint label="SHA-256 of the public key" hex={parsed.spkiSha256} />
          <Fingerprint label="SHA-1 fingerprint" hex={parsed.sha1} />
        </dl>
      </Card>
      <Card
        title="Lineage"
        description={
          certificate.lineage.length > 1 ? undefined : "Renewals will be listed here, with who made them."
        }
      >
        <LineageList
          lineage={certificate.lineage}
          earlier={certificate.earlier}
          later={certificate.later}
          currentId={certificate.id}
          now={now}
        />
      </Card>
      <Card title="Where it came from, and where it was seen">
        <Provenance certificate={certificate} />
      </Card>
      <Card title="Checks against the standards">
        <Findings certificate={certificate} issuer={chain[0]} />
      </Card>
    </div>
  );
}

function Provenance({ certificate }: { certificate: CertificateDetail }) {
  const { profile, requestedBy, createdAt, source, lastSeenAt, lastSeenWhere } = certificate;
  return (
    <dl className="flex flex-col gap-3">
      <div>
        <dt className="text-muted text-sm">Profile</dt>
        <dd>
          {profile === null ? (
            <span className="text-muted">none</span>
          ) : (
            <Link href={`/profiles/${profile.slug}`} prefetch={false} className="text-link">
              {profile.name}
            </Link>
          )}
        </dd>
      </div>
      <div>
        <dt className="text-muted text-sm">Asked for by</dt>
        <dd className="break-words">
          {harmless(requestedBy)}, <RelativeTime time={createdAt} />
        </dd>
      </div>
      <div>
        <dt className="text-muted text-sm">Key and request</dt>
        <dd>{certificateSource(source).meaning}</dd>
      </div>
      <div>
        <dt className="text-muted text-sm">Last seen in a handshake</dt>
        <dd>
          {lastSeenAt === null ? (
            <span className="text-muted">not yet: filled when proxies report what they meet</span>
          ) : (
            <>
              <RelativeTime time={lastSeenAt} show="both" />
              {lastSeenWhere !== null && <span className="block">{harmless(lastSeenWhere)}</span>}
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Fingerprint({ label, hex }: { label: string; hex: string }) {
  return (
    <div>
      <dt className="text-muted">{label}</dt>
      <dd>
        <Copyable text={hex} label={label} group={8} />
      </dd>
    </div>
  );
}

/** Of thousands of names each may break a rule. */
const FINDINGS_SHOWN = 20;

const TONES = { error: "critical", warning: "warn", notice: "info" } as const;

function Findings({
  certificate,
  issuer,
}: {
  certificate: CertificateDetail;
  issuer: ChainLink | undefined;
}) {
  const findings = lintCertificate(
    certificate.parsed.der,
    issuer === undefined ? {} : { issuer: issuer.parsed },
  );
  if (findings.length === 0) return <Status tone="ok">breaks no rule that we check</Status>;
  return (
    <ul className="flex flex-col gap-2">
      {findings.slice(0, FINDINGS_SHOWN).map((finding) => (
        <li key={`${finding.rule}:${finding.detail}`}>
          <Notice tone={TONES[finding.severity]} title={harmless(finding.detail)}>
            <span className="text-muted text-sm">
              RFC {finding.section}, rule <span className="break-all font-mono">{finding.rule}</span>
            </span>
          </Notice>
        </li>
      ))}
      {findings.length > FINDINGS_SHOWN && (
        <li className="text-muted">and {(findings.length - FINDINGS_SHOWN).toLocaleString("en")} more</li>
      )}
    </ul>
  );
}
