import { BoundedLines, LINES_SHOWN } from "#components/certificate/bounded-lines.tsx";
import { ExtensionList } from "#components/certificate/extension-list.tsx";
import { NAME_TYPES } from "#components/certificate/name-list.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import { formatName } from "#lib/x509/name.ts";

/** Certificates of others hold names of 64 KB; what is cut is in the copy. */
const NAME_SHOWN = 600;

/** RFC 5280 §4.1.2.2 allows 40 digits. */
const SERIAL_SHOWN = 128;

/** Everything that the certificate itself says. */
export function Facts({ certificate }: { certificate: CertificateDetail }) {
  const { parsed } = certificate;
  const subject = formatName(parsed.subject);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card title="What it says">
        <DescriptionList>
          <Description term="Subject">
            {subject === "" ? (
              <span className="text-muted">empty: the alternative names alone say whom it is for</span>
            ) : (
              <Copyable text={subject} label="subject" shorten={NAME_SHOWN} plain />
            )}
          </Description>
          <Description term="Alternative names">
            <AlternativeNames names={parsed.names} />
          </Description>
          <Description term="May be used as">
            <Usages certificate={certificate} />
          </Description>
          <Description term="Issuer">
            <Copyable text={formatName(parsed.issuer)} label="issuer" shorten={NAME_SHOWN} plain />
          </Description>
          <Description term="Serial number">
            <Copyable text={parsed.serialNumber} label="serial number" group={4} shorten={SERIAL_SHOWN} />
          </Description>
          <Description term="Key">{parsed.key.label}</Description>
          <Description term="Signed with">
            {parsed.signatureAlgorithm?.label ?? parsed.signatureAlgorithmOid}
          </Description>
          <Description term="Version">{parsed.version}</Description>
        </DescriptionList>
      </Card>
      <Card title="Extensions">
        <ExtensionList extensions={parsed.extensions} />
      </Card>
    </div>
  );
}

function AlternativeNames({ names }: { names: CertificateDetail["parsed"]["names"] }) {
  if (names.length === 0) return <span className="text-muted">none</span>;
  return (
    <BoundedLines all={names.map(({ value }) => harmless(value))} label="alternative names">
      <ul className="flex flex-col gap-1">
        {names.slice(0, LINES_SHOWN).map((name) => (
          <li key={`${name.type}:${name.value}`} className="flex flex-wrap items-center gap-x-2">
            <span className="w-20 shrink-0 text-muted text-sm">
              {name.type in NAME_TYPES ? NAME_TYPES[name.type as keyof typeof NAME_TYPES].label : name.type}
            </span>
            <Copyable
              text={harmless(name.value)}
              label={`name ${harmless(name.value)}`}
              shorten={NAME_SHOWN}
            />
          </li>
        ))}
      </ul>
    </BoundedLines>
  );
}

/** In words; the exact extension stands below. */
function Usages({ certificate }: { certificate: CertificateDetail }) {
  const { isCa, extendedKeyUsage } = certificate.parsed;
  if (isCa) return <Badge>authority</Badge>;
  if (extendedKeyUsage === null) return "anything: it has no extended key usage";
  const words = extendedKeyUsage.map((purpose) => USAGES[purpose] ?? purpose);
  return (
    <span className="flex flex-wrap gap-1.5">
      {words.map((word) => (
        <Badge key={word}>{word}</Badge>
      ))}
    </span>
  );
}

const USAGES: Record<string, string> = { serverAuth: "server", clientAuth: "client" };
