"use client";

import { FileUp, FolderUp } from "lucide-react";
import { type ChangeEvent, type DragEvent, type ReactNode, useId, useState } from "react";
import type { PackedFile } from "#components/import/tar-of-files.ts";
import { buttonStyle } from "#components/ui/button-style.ts";
import { classNames } from "#components/ui/class-names.ts";
import { useFieldAttributes } from "#components/ui/field-context.ts";

interface FileChoiceProps {
  /** Said of what was chosen, or of what may be. */
  hint: string;
  onFiles: (files: PackedFile[]) => void;
  disabled: boolean;
}

/** Takes one file, several, or a folder; dropped or chosen. */
export function FileChoice({ hint, onFiles, disabled }: FileChoiceProps) {
  const [over, setOver] = useState(false);
  const { id = "files", "aria-describedby": describedBy } = useFieldAttributes({});
  const take = (list: FileList | null) => {
    const files = [...(list ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
    if (files.length > 0) onFiles(files);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) take(event.dataTransfer.files);
  };
  const inputs = { onTake: take, disabled, describedBy };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the inputs inside do the same by keyboard.
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classNames(
        "relative flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-line-strong border-dashed p-3",
        over && "border-accent bg-selected",
      )}
    >
      <FileButton {...inputs} id={id} icon={<FileUp aria-hidden />} label="Choose files" />
      <FileButton {...inputs} icon={<FolderUp aria-hidden />} label="Choose a folder" folder />
      <span className="min-w-0 break-words text-muted text-sm">{hint}</span>
    </div>
  );
}

interface FileButtonProps {
  id?: string;
  icon: ReactNode;
  label: string;
  folder?: boolean;
  disabled: boolean;
  describedBy: string | undefined;
  onTake: (files: FileList | null) => void;
}

function FileButton({ id, icon, label, folder = false, disabled, describedBy, onTake }: FileButtonProps) {
  const generated = useId();
  const change = (event: ChangeEvent<HTMLInputElement>) => {
    onTake(event.target.files);
    // So that the same file can be chosen again after it was changed.
    event.target.value = "";
  };
  return (
    <span className="rounded-md has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-2">
      <input
        id={id ?? generated}
        type="file"
        multiple
        {...(folder ? { webkitdirectory: "" } : {})}
        disabled={disabled}
        aria-describedby={describedBy}
        aria-label={label}
        className="sr-only"
        onChange={change}
      />
      <label htmlFor={id ?? generated} className={buttonStyle("secondary", "sm")}>
        {icon}
        {label}
      </label>
    </span>
  );
}
