import { STRENGTH_WORDS } from "#components/service/service-draft.ts";
import { Card } from "#components/ui/card.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import type { WholeService } from "#lib/access/service-read.ts";

interface ServiceFactsProps {
  service: WholeService;
  /** Those that it accepts; none for all. */
  authorities: readonly { slug: string; name: string }[];
}

/** How a service is set. */
export function ServiceFacts({ service, authorities }: ServiceFactsProps) {
  const { slug, hostNames, notes, minimumStrength, unknownClients, failsOpen } = service;
  return (
    <Card title="Settings">
      <DescriptionList>
        <Description term="Short name">
          <span className="break-all font-mono">{slug}</span>
        </Description>
        <Description term="Host names">
          {hostNames.length === 0 ? "none said" : <span className="break-words">{hostNames.join(", ")}</span>}
        </Description>
        <Description term="Weakest key">
          {STRENGTH_WORDS[String(minimumStrength)] ?? `${minimumStrength} bits`}
        </Description>
        <Description term="Authorities accepted">
          {authorities.length === 0
            ? "all that are known here, and what is pinned"
            : authorities.map(({ name }) => harmless(name)).join(", ")}
        </Description>
        <Description term="Unknown callers">
          {unknownClients === "learn" ? "let in and recorded" : "refused"}
        </Description>
        <Description term="When it cannot be decided">
          {failsOpen ? "callers are let in, with an alarm" : "everybody is refused"}
        </Description>
        {notes !== "" && (
          <Description term="Notes">
            <span className="whitespace-pre-wrap">{harmless(notes)}</span>
          </Description>
        )}
      </DescriptionList>
    </Card>
  );
}
