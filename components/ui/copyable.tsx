import { classNames } from "#components/ui/class-names.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";

interface CopyableProps {
  /** What is copied, whole. */
  text: string;
  /** What it is: "serial number", "SHA-256 fingerprint". */
  label: string;
  /** Characters to a group, for long hexadecimal text; shown with thin gaps that are not copied. */
  group?: number;
  /** Shows only so many characters; the whole is in the copy and on hover. */
  shorten?: number;
  /** Ordinary type for names and addresses. */
  plain?: boolean;
}

/** A serial number, fingerprint or token prefix with a button that copies it. */
export function Copyable({ text, label, group, shorten, plain = false }: CopyableProps) {
  const short = shorten !== undefined && text.length > shorten;
  const shown = short ? text.slice(0, shorten) : text;
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-1 align-middle">
      <span
        title={short ? text : undefined}
        className={classNames("min-w-0 break-words", !plain && "font-mono slashed-zero")}
      >
        {group === undefined ? shown : <Grouped text={shown} size={group} />}
        {short && "…"}
      </span>
      <CopyButton text={text} label={label} />
    </span>
  );
}

/** Gaps are margins, not characters, so that text selected by hand is right too; lines break at them. */
function Grouped({ text, size }: { text: string; size: number }) {
  const starts = Array.from({ length: Math.ceil(text.length / size) }, (_, index) => index * size);
  return starts.map((start) => (
    <span key={start} className="mr-[0.5ch] inline-block last:mr-0">
      {text.slice(start, start + size)}
    </span>
  ));
}
