"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { FieldError } from "#components/ui/field-error.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

/** A name constraint as it is being typed; `key` tells rows apart while they come and go. */
export interface SubtreeDraft {
  key: number;
  type: "dns" | "ip" | "email" | "uri";
  value: string;
}

const FORMS: Record<SubtreeDraft["type"], { label: string; example: string }> = {
  dns: { label: "DNS names below", example: "example.com" },
  ip: { label: "IP addresses in", example: "10.0.0.0/8" },
  email: { label: "E-mail addresses at", example: "example.com" },
  uri: { label: "URIs on the host", example: ".example.com" },
};

interface SubtreeEditorProps {
  /** Id of the list, for the error summary. */
  id: string;
  legend: string;
  hint: string;
  subtrees: readonly SubtreeDraft[];
  onChange: (subtrees: SubtreeDraft[]) => void;
  error?: string | undefined;
}

/** A list of name constraints: rows of a form of name and its value. */
export function SubtreeEditor({ id, legend, hint, subtrees, onChange, error }: SubtreeEditorProps) {
  const hintId = useId();
  const change = (key: number, part: Partial<SubtreeDraft>) =>
    onChange(subtrees.map((subtree) => (subtree.key === key ? { ...subtree, ...part } : subtree)));
  const add = () =>
    onChange([
      ...subtrees,
      { key: Math.max(0, ...subtrees.map(({ key }) => key)) + 1, type: "dns", value: "" },
    ]);
  return (
    <fieldset id={id} tabIndex={-1} aria-describedby={`${hintId} ${id}-error`} className="min-w-0">
      <legend className="font-medium">{legend}</legend>
      <p id={hintId} className="mt-1 text-muted text-sm">
        {hint}
      </p>
      <div className="mt-2 flex flex-col gap-2">
        {subtrees.map((subtree, index) => (
          <div key={subtree.key} className="flex flex-wrap items-center gap-2">
            <Select
              aria-label={`${legend}, ${index + 1}: form of name`}
              className="w-full sm:w-52"
              value={subtree.type}
              onChange={(event) => change(subtree.key, { type: event.target.value as SubtreeDraft["type"] })}
            >
              {Object.entries(FORMS).map(([type, { label }]) => (
                <option key={type} value={type}>
                  {label}
                </option>
              ))}
            </Select>
            <Input
              mono
              aria-label={`${legend}, ${index + 1}: value`}
              className="min-w-0 flex-1 basis-40"
              placeholder={FORMS[subtree.type].example}
              value={subtree.value}
              onChange={(event) => change(subtree.key, { value: event.target.value })}
            />
            <IconButton
              label={`Remove ${subtree.value || "this row"}`}
              icon={<X aria-hidden />}
              onClick={() => onChange(subtrees.filter(({ key }) => key !== subtree.key))}
            />
          </div>
        ))}
        <div>
          <Button size="sm" icon={<Plus aria-hidden />} onClick={add}>
            Add {legend.toLowerCase()}
          </Button>
        </div>
      </div>
      <FieldError id={`${id}-error`} message={error} />
    </fieldset>
  );
}
