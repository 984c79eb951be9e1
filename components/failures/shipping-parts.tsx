import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type ShippingConfiguration, usualShippingFiles } from "#lib/handshake/shipping/shipping-setup.ts";

interface ShippingPartsProps {
  shipping: ShippingConfiguration;
  /** Short name. */
  proxy: string;
}

/** What is put in place on a proxy's machine to send its log, what is run, and what it promises. */
export function ShippingParts({ shipping: { parts, commands, limits, isRun }, proxy }: ShippingPartsProps) {
  const { token } = usualShippingFiles(proxy);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {!isRun && (
        <Notice tone="info" title="Written by its documentation">
          This was never run through the program itself: try it with a line before you rely on it.
        </Notice>
      )}
      <p className="max-w-prose">
        The token of this proxy has to stand in <span className="break-all font-mono">{token}</span>, on one
        line, readable by root alone. Here it is not known any more: when it is lost, replace it on the page
        of the proxy.
      </p>
      {parts.map(({ file, text, mode }) => (
        <CodeBlock key={file} code={text} title={`${file} (mode ${mode})`} label={file} maxLines={16} />
      ))}
      {commands.map(({ title, code }) => (
        <CodeBlock key={title} code={code.trimEnd()} title={title} label={title} maxLines={12} />
      ))}
      {limits.length > 0 && (
        <ul className="list-disc pl-5 text-muted text-sm">
          {limits.map((limit) => (
            <li key={limit} className="max-w-prose">
              {limit}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
