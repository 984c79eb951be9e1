import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";

interface SetupConfigurationProps {
  /** "nginx". */
  proxy: string;
  parts: readonly { file: string; place: string; text: string }[];
  /** Says whether the configuration is sound. */
  check: string;
  explanation: readonly string[];
  openConnections: { bound: string; cost: string };
}

/** The configuration of a proxy as it is copied, with what its lines are for. */
export function SetupConfiguration({
  proxy,
  parts,
  check,
  explanation,
  openConnections,
}: SetupConfigurationProps) {
  return (
    <Card title={`Configuration of ${proxy}`}>
      <div className="grid items-start gap-x-6 gap-y-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          {parts.map(({ file, place, text }) => (
            <div key={file} className="min-w-0">
              <p className="mb-1.5 text-muted text-sm">{place}</p>
              <CodeBlock title={file} code={text} label={`text for ${file}`} maxLines={40} />
            </div>
          ))}
          <CodeBlock title="Is it sound?" code={check} label="command that checks the configuration" />
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
        </div>
      </div>
    </Card>
  );
}
