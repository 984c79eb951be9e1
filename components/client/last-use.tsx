import { UseBars } from "#components/access/use-bars.tsx";
import { Card } from "#components/ui/card.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";

interface LastUseProps {
  client: {
    hours: readonly { permitted: number; refused: number }[];
    lastUsedAt: Date | null;
    lastFrom: string | null;
    lastService: { name: string } | null;
    lastProxy: { name: string } | null;
    refused: number;
    /** False when it may call a service of which a proxy does not tell who calls it. */
    isUseTold: boolean;
  };
}

/** How a client is used: by the hour, and where it was let in last. */
export function LastUse({ client }: LastUseProps) {
  const { hours, lastUsedAt, lastFrom, lastService, lastProxy, refused, isUseTold } = client;
  return (
    <Card title="Use">
      <div className="flex flex-col gap-4">
        <UseBars hours={hours} />
        <DescriptionList>
          <Description term="Last let in">
            {lastUsedAt === null ? "never" : <RelativeTime time={lastUsedAt} show="both" />}
          </Description>
          {lastUsedAt !== null && (
            <>
              <Description term="At">
                {lastService === null ? "a service that is gone" : harmless(lastService.name)}
              </Description>
              <Description term="Through">
                {lastProxy === null ? "a proxy that is gone" : harmless(lastProxy.name)}
              </Description>
              <Description term="Address of the proxy">
                {lastFrom === null || lastFrom === "" ? (
                  "not known"
                ) : (
                  <span className="break-all font-mono">{harmless(lastFrom)}</span>
                )}
              </Description>
            </>
          )}
          <Description term="Refused, ever">{refused.toLocaleString("en")}</Description>
        </DescriptionList>
        {!isUseTold && (
          <p className="text-muted">
            A proxy before one of its services decides by a file and does not report use: it may be used there
            without being seen here.
          </p>
        )}
      </div>
    </Card>
  );
}
