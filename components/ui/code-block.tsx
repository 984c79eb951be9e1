import { CopyButton } from "#components/ui/copy-button.tsx";
import { Scroller } from "#components/ui/scroller.tsx";

interface CodeBlockProps {
  code: string;
  /** What it is: "command", "certificate in PEM"; names the copy button. */
  label: string;
  /** Shown above it: a file name, "nginx". */
  title?: string;
  /** Lines in view before it scrolls. */
  maxLines?: number;
}

/** Text to be copied as it is: commands, configuration, PEM. */
export function CodeBlock({ code, label, title, maxLines = 20 }: CodeBlockProps) {
  return (
    <figure className="relative min-w-0 overflow-clip rounded-md border border-line bg-sunken">
      {title !== undefined && (
        <figcaption className="break-words border-line border-b py-1.5 pr-9 pl-3 text-muted text-xs">
          {title}
        </figcaption>
      )}
      <div className={title === undefined ? "absolute top-1 right-1" : "absolute top-0.5 right-1"}>
        <span className="rounded-sm bg-sunken">
          <CopyButton text={code} label={label} />
        </span>
      </div>
      <Scroller label={label} className="overflow-auto" style={{ maxHeight: `${maxLines * 1.25 + 1.5}rem` }}>
        <pre className="w-fit p-3 pr-9 font-mono text-xs leading-5">{code}</pre>
      </Scroller>
    </figure>
  );
}
