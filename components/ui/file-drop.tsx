"use client";

import { FileUp } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { buttonStyle } from "#components/ui/button-style.ts";
import { classNames } from "#components/ui/class-names.ts";
import { useFieldAttributes } from "#components/ui/field-context.ts";
import { FieldError } from "#components/ui/field-error.tsx";

interface FileDropProps {
  /** What to drop: "certificate signing request (PEM or DER)". */
  what: string;
  /** Largest size in bytes. */
  maxBytes: number;
  /** As in <input accept>: ".pem,.csr". */
  accept?: string;
  /** Name under which the file is sent with a form. */
  name?: string;
  onFile?: (file: File) => void;
  disabled?: boolean;
}

/** Takes one file, dropped or chosen. What is too large is refused here, before it is read. */
export function FileDrop({ what, maxBytes, accept, name, onFile, disabled = false }: FileDropProps) {
  const errorId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fileName, setFileName] = useState<string>();
  const [error, setError] = useState<string>();
  const generated = useId();
  const { id = generated, "aria-describedby": describedBy } = useFieldAttributes({});

  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.size > maxBytes) {
      setError(`${file.name} has ${readableSize(file.size)}; at most ${readableSize(maxBytes)} can be read.`);
      setFileName(undefined);
      if (input.current) input.current.value = "";
      return;
    }
    setError(undefined);
    setFileName(file.name);
    onFile?.(file);
  };

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (disabled || !input.current) return;
    // The input gets it too, so that it is sent with the form.
    input.current.files = event.dataTransfer.files;
    take(event.dataTransfer.files[0]);
  };

  return (
    <div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the input inside does the same by keyboard. */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(!disabled);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={classNames(
          "relative flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-line-strong border-dashed p-3",
          "has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-2",
          over && "border-accent bg-selected",
        )}
      >
        <input
          ref={input}
          id={id}
          type="file"
          name={name}
          accept={accept}
          disabled={disabled}
          aria-describedby={classNames(describedBy, error && errorId) || undefined}
          className="sr-only"
          onChange={(event) => take(event.target.files?.[0])}
        />
        <label htmlFor={id} className={buttonStyle("secondary", "sm")}>
          <FileUp aria-hidden />
          Choose a file
        </label>
        <span className="min-w-0 break-words text-muted text-sm">
          {fileName === undefined ? `or drop a ${what} here, up to ${readableSize(maxBytes)}` : fileName}
        </span>
      </div>
      <FieldError id={errorId} message={error} />
    </div>
  );
}

/** Bytes as a person says them. */
function readableSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${Math.round(kibibytes)} KB` : `${(kibibytes / 1024).toFixed(1)} MB`;
}
