import Link from "next/link";
import {
  authorityState,
  keyLocationWords,
  keyWords,
  purposeWords,
} from "#components/authority/authority-words.ts";
import { boundedCount } from "#components/authority/bounded-count.ts";
import { NameConstraints } from "#components/authority/name-constraints.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { LifeBar } from "#components/ui/life-bar.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AuthorityView } from "#lib/authority/authority-read.ts";
import type { IssuedFigures } from "#lib/inventory/certificate-figures.ts";
import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";

interface AuthorityFactsProps {
  authority: AuthorityView;
  parent: AuthorityView | null;
  certificate: ParsedCertificate;
  figures: IssuedFigures;
  now: Date;
}

/** Everything of an authority's certificate that decides what it is good for. */
export function AuthorityFacts({ authority, parent, certificate, figures, now }: AuthorityFactsProps) {
  const { tone } = authorityState(authority, now);
  return (
    <DescriptionList>
      <Description term="Kind">
        {authority.kind}
        {parent !== null && (
          <>
            {" below "}
            <Link href={`/authorities/${parent.slug}`} prefetch={false} className="text-link">
              {parent.name}
            </Link>
          </>
        )}
        {parent === null && authority.kind === "intermediate" && " below an authority that is not ours"}
      </Description>
      <Description term="May issue for">{purposeWords(authority.purposes)}</Description>
      <Description term="Valid">
        <LifeBar
          notBefore={authority.notBefore}
          notAfter={authority.notAfter}
          now={now}
          tone={tone === "info" ? "neutral" : tone}
          className="mr-2"
        />
        until <RelativeTime time={authority.notAfter} show="both" />
        <span className="block text-muted text-sm">
          since <RelativeTime time={authority.notBefore} show="both" />
        </span>
      </Description>
      <Description term="Certificates issued">
        {figures.issued.toLocaleString("en")}, of which {boundedCount(figures.valid)} valid now
      </Description>
      <Description term="Key">{keyWords(authority.keyAlgorithm)}</Description>
      <Description term="Where the key is">{keyLocationWords(authority.keyLocation).sentence}</Description>
      <Description term="Path length">
        {authority.pathLength === null
          ? "no limit on the authorities below it"
          : authority.pathLength === 0
            ? "0: no authority may stand below it"
            : `${authority.pathLength}: at most so many authorities in a row below it`}
      </Description>
      <Description term="Name constraints">
        <NameConstraints constraints={authority.nameConstraints} />
      </Description>
      <Description term="Subject">{authority.subject}</Description>
      <Description term="Serial number">
        <Copyable text={authority.serial} label="serial number" group={4} />
      </Description>
      <Description term="SHA-256 fingerprint">
        <Copyable text={authority.sha256} label="SHA-256 fingerprint" group={4} />
      </Description>
      <Description term="Subject key identifier">
        {certificate.subjectKeyIdentifier === null ? (
          "none"
        ) : (
          <Copyable text={certificate.subjectKeyIdentifier} label="subject key identifier" group={4} />
        )}
      </Description>
    </DescriptionList>
  );
}
