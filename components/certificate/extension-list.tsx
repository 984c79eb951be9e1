import { BoundedLines, LINES_SHOWN } from "#components/certificate/bounded-lines.tsx";
import { extensionLines, extensionTitle } from "#components/certificate/extension-lines.ts";
import { Badge } from "#components/ui/badge.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import type { Extension } from "#lib/x509/extension-reader.ts";

/** Every extension with its object identifier, criticality and content. */
export function ExtensionList({ extensions }: { extensions: readonly Extension[] }) {
  if (extensions.length === 0) return <p className="text-muted">This certificate has no extensions.</p>;
  return (
    <dl className="divide-y divide-line">
      {extensions.map((extension) => (
        <div
          key={extension.oid}
          className="grid gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0 sm:grid-cols-[15rem_minmax(0,1fr)]"
        >
          <dt className="min-w-0">
            <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
              {extensionTitle(extension)}
              {extension.critical && <Badge>critical</Badge>}
            </span>
            <span className="block break-words font-mono text-muted text-xs">{extension.oid}</span>
          </dt>
          <dd className="min-w-0">
            {extension.finding === undefined ? (
              <ExtensionContent extension={extension} />
            ) : (
              <Notice tone="critical" title="It could not be read">
                {harmless(extension.finding.detail)}{" "}
                <span className="font-mono text-xs">{extension.finding.rule}</span>
              </Notice>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ExtensionContent({ extension }: { extension: Extension }) {
  const lines = extensionLines(extension);
  return (
    <BoundedLines all={lines.map(({ value }) => harmless(value))} label="lines">
      <ul className="flex flex-col gap-0.5">
        {lines.slice(0, LINES_SHOWN).map((line) => (
          <li key={`${line.label}:${line.value}`} className="[overflow-wrap:anywhere]">
            {line.label !== undefined && <span className="mr-2 text-muted text-sm">{line.label}</span>}
            <span className={line.mono ? "break-all font-mono text-sm" : undefined}>{shown(line.value)}</span>
          </li>
        ))}
      </ul>
    </BoundedLines>
  );
}

/** Longer values are cut: the certificate itself can be downloaded. */
const VALUE_SHOWN = 1_000;

function shown(value: string): string {
  const cut = value.length > VALUE_SHOWN ? `${value.slice(0, VALUE_SHOWN)}…` : value;
  return harmless(cut);
}
