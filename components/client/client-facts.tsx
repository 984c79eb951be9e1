import { sourceWords } from "#components/client/client-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";

interface ClientFactsProps {
  client: {
    id: string;
    environment: string;
    owner: string;
    tags: readonly string[];
    notes: string;
    expiresAt: Date | null;
    isProtected: boolean;
    source: string;
    createdAt: Date;
    createdBy: string;
  };
}

/** What people decided about a client. */
export function ClientFacts({ client }: ClientFactsProps) {
  const { id, environment, owner, tags, notes, expiresAt, isProtected, source } = client;
  return (
    <Card title="Facts">
      <DescriptionList>
        <Description term="Environment">
          {environment === "" ? "none said" : harmless(environment)}
        </Description>
        <Description term="Owner">
          {owner === "" ? (
            <span className="text-muted">nobody: nobody can be asked about it</span>
          ) : (
            <span className="[overflow-wrap:anywhere]">{harmless(owner)}</span>
          )}
        </Description>
        <Description term="Tags">
          {tags.length === 0 ? (
            "none"
          ) : (
            <span className="flex flex-wrap gap-1.5">
              {tags.map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </span>
          )}
        </Description>
        <Description term="End of the client">
          {expiresAt === null ? "none" : <RelativeTime time={expiresAt} show="both" />}
        </Description>
        <Description term="Protection">
          {isProtected ? "it cannot be retired until this is taken away" : "none"}
        </Description>
        <Description term="Id, for applications">
          <Copyable text={id} label="id" />
        </Description>
        <Description term="Created">
          <RelativeTime time={client.createdAt} show="both" /> {sourceWords(source)}, by{" "}
          <span className="[overflow-wrap:anywhere]">{harmless(client.createdBy)}</span>
        </Description>
        {notes !== "" && (
          <Description term="Notes">
            <span className="block max-h-96 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
              {harmless(notes)}
            </span>
          </Description>
        )}
      </DescriptionList>
    </Card>
  );
}
