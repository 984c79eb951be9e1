import { softwareName } from "#components/failures/software-names.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import type { LoggingProxy } from "#lib/handshake/observation.ts";
import type { LogSetting } from "#lib/handshake/recommended-logging.ts";

interface RecommendedLoggingProps {
  software: LoggingProxy;
  /** Empty when nobody has said it. */
  version: string;
  settings: readonly LogSetting[];
  /** Where somebody who may says the version; absent for others. */
  changeHref: string | undefined;
}

/** All settings with which a proxy's log says why it refused. */
export function RecommendedLogging({ software, version, settings, changeHref }: RecommendedLoggingProps) {
  const name = softwareName(software);
  return (
    <Card
      title={`What ${name} has to log`}
      description={
        version === ""
          ? `Nobody has said its version, so this is for a current ${name}.`
          : `For ${name} ${harmless(version)}.`
      }
      actions={
        changeHref !== undefined &&
        version === "" && (
          <ButtonLink href={changeHref} size="sm" variant="quiet">
            Say its version
          </ButtonLink>
        )
      }
    >
      <div className="flex min-w-0 flex-col gap-3">
        {settings.map(({ place, text }) => (
          <CodeBlock key={place} code={text} title={place} label={`setting ${place}`} maxLines={14} />
        ))}
      </div>
    </Card>
  );
}
