import { reasonWords } from "#components/access/decision-words.ts";
import { fixLink } from "#components/access/fix-link.ts";
import { RuleList } from "#components/access/rule-list.tsx";
import type { RuleVerdict } from "#components/access/rule-standing.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

/** A decision with every rule, and what it was about. */
export interface ExplainedDecision {
  decision: { permitted: boolean; reason: string };
  service: { slug: string; name: string };
  client: { id: string; name: string } | null;
  credential: { kind: string } | null;
  rules: readonly RuleVerdict[];
  certificate: {
    sha256: string;
    names: readonly { type: string; value: string }[];
    /** Null when no authority that is known here signed it. */
    issuer: { name: string } | null;
    notBefore: Date;
    notAfter: Date;
    /** Bits. */
    strength: number;
    /** Its id in the inventory; null when it is not there. */
    certificateId: string | null;
  };
  at: Date;
}

const KNOWN_BY: Record<string, string> = {
  certificate: "this certificate",
  key: "its key",
  name: "a name in it, under its authority",
};

/** More names than anybody reads. */
const NAMES_MAX = 20;

/** What would be answered, and why: rule by rule. */
export function Explanation({ answer }: { answer: ExplainedDecision }) {
  const { decision, service, client, credential, certificate } = answer;
  const words = reasonWords(decision.reason);
  const fix =
    decision.permitted && words.fix === null
      ? null
      : fixLink(decision.reason, { client, service, certificateId: certificate.certificateId });
  const who = client === null ? "The caller" : harmless(client.name);
  return (
    <div className="flex flex-col gap-4">
      <Notice
        tone={decision.permitted ? (words.fix === null ? "ok" : "warn") : "critical"}
        title={`${who} ${decision.permitted ? "may call" : "is refused by"} ${harmless(service.name)}: ${words.title}`}
        actions={
          fix !== null && (
            <ButtonLink href={fix.href} size="sm">
              {fix.label}
            </ButtonLink>
          )
        }
      >
        {words.meaning}
        {words.fix !== null && ` ${words.fix}`}
      </Notice>
      <Card
        title="Rule by rule"
        description="In the order in which they are applied. The first that is not met decides; later ones are told as well."
        padding="none"
      >
        <RuleList rules={answer.rules} decision={decision} />
      </Card>
      <Card
        title="What was looked at"
        actions={
          certificate.certificateId !== null && (
            <ButtonLink href={`/certificates/${certificate.certificateId}`} size="sm" variant="quiet">
              Open the certificate
            </ButtonLink>
          )
        }
      >
        <DescriptionList>
          <Description term="Client">
            {client === null ? "nobody who is known" : harmless(client.name)}
            {credential !== null && (
              <span className="text-muted">, known by {KNOWN_BY[credential.kind] ?? credential.kind}</span>
            )}
          </Description>
          <Description term="Names">
            {certificate.names.length === 0
              ? "none"
              : certificate.names
                  .slice(0, NAMES_MAX)
                  .map(({ value }) => harmless(value))
                  .join(", ")}
            {certificate.names.length > NAMES_MAX && `, and ${certificate.names.length - NAMES_MAX} more`}
          </Description>
          <Description term="Signed by">
            {certificate.issuer === null
              ? "no authority that is known here"
              : harmless(certificate.issuer.name)}
          </Description>
          <Description term="Key">{certificate.strength} bits of security strength</Description>
          <Description term="Valid until">
            <RelativeTime time={certificate.notAfter} show="both" />
          </Description>
          <Description term="SHA-256">
            <Copyable text={certificate.sha256} label="SHA-256 fingerprint" group={8} />
          </Description>
        </DescriptionList>
      </Card>
    </div>
  );
}
