import { PROXY_KIND_NAMES } from "#components/proxy/proxy-words.ts";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { AccessConfiguration } from "#lib/access/proxy-configuration/access-setup.ts";

interface ConfigurationPartsProps {
  configuration: AccessConfiguration;
  /** Commands that fetch what the configuration names, and keep it fresh. */
  commands: readonly { title: string; code: string }[];
}

/** A configuration as it is copied, with what its lines are for and what the proxy cannot do. */
export function ConfigurationParts({ configuration, commands }: ConfigurationPartsProps) {
  const { kind, parts, check, reload, explanation, openConnections, limits, isRun } = configuration;
  const name = PROXY_KIND_NAMES[kind];
  return (
    <Card title={`Configuration of ${name}`}>
      {!isRun && (
        <div className="mb-4">
          <Notice tone="warn" title="Not run">
            This configuration was checked against the documentation of {name}, and never run through it. Try
            it where nothing depends on it first.
          </Notice>
        </div>
      )}
      <div className="grid items-start gap-x-6 gap-y-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          {commands.map(({ title, code }) => (
            <CodeBlock key={title} title={title} code={code} label={title} />
          ))}
          {parts.map(({ file, place, text, isSecret }) => (
            <div key={`${file} ${place}`} className="min-w-0">
              <p className="mb-1.5 text-muted text-sm">
                {place}
                {isSecret && ". The token stands in it."}
              </p>
              <CodeBlock title={file} code={text} label={`text for ${file}`} maxLines={40} />
            </div>
          ))}
          {check !== null && (
            <CodeBlock title="Is it sound?" code={check} label="command that checks the configuration" />
          )}
          {reload !== null && (
            <CodeBlock title="Take it in" code={reload} label="command that reloads the proxy" />
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <ul className="flex list-disc flex-col gap-2 pl-5">
            {explanation.map((line) => (
              <li key={line} className="break-words">
                {line}
              </li>
            ))}
          </ul>
          <DescriptionList>
            <Description term="Connections that are open">{openConnections.bound}</Description>
            <Description term="What that costs">{openConnections.cost}</Description>
          </DescriptionList>
          {limits.length > 0 && (
            <div>
              <h3 className="font-medium">What {name} cannot do</h3>
              <ul className="mt-1 flex list-disc flex-col gap-1 pl-5">
                {limits.map((line) => (
                  <li key={line} className="break-words">
                    {line}
                  </li>
                ))}
              </ul>
            </div>
          )}
        </div>
      </div>
    </Card>
  );
}
