"use client";

import { Plus, X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { NAME_TYPES } from "#components/certificate/name-list.ts";
import { Button } from "#components/ui/button.tsx";
import { FieldError } from "#components/ui/field-error.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { guessNameType, parseNameList } from "#lib/x509/name-list.ts";

/** A row of the editor. */
export interface NameRow extends GeneralName {
  /** Tells rows apart while they are added and removed. */
  key: number;
  /** Whether the type was chosen by hand, so that typing does not change it any more. */
  typeChosen: boolean;
}

let lastKey = 0;

/** A row for a name; empty when there is none yet. */
export function nameRow(
  name: GeneralName = { type: "dns", value: "" },
  typeChosen = name.value !== "",
): NameRow {
  lastKey += 1;
  return { ...name, key: lastKey, typeChosen };
}

interface NamesEditorProps {
  rows: readonly NameRow[];
  onChange: (rows: NameRow[]) => void;
  /** What is wrong with a name, or null. */
  check: (name: GeneralName, index: number) => string | null;
  /** Whether rows that were not left yet show what is wrong too. */
  showAll: boolean;
  /** What is wrong with all of them together. */
  error?: string | undefined;
}

/** Id of the first name, for error summaries. */
export const FIRST_NAME_ID = "name-1";

/** Subject alternative names, one to a row; a pasted list becomes as many rows. */
export function NamesEditor({ rows, onChange, check, showAll, error }: NamesEditorProps) {
  const id = useId();
  const inputs = useRef(new Map<number, HTMLInputElement>());
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const afterPress = useAfterPress();

  const focus = (key: number | undefined) =>
    // After React has drawn the row.
    requestAnimationFrame(() => (key === undefined ? undefined : inputs.current.get(key)?.focus()));
  const change = (key: number, part: Partial<NameRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const addAfter = (index: number) => {
    const added = nameRow();
    onChange([...rows.slice(0, index + 1), added, ...rows.slice(index + 1)]);
    focus(added.key);
  };
  const remove = (index: number) => {
    const rest = rows.filter((_, at) => at !== index);
    const kept = rest.length === 0 ? [nameRow()] : rest;
    onChange(kept);
    focus(kept[Math.max(0, index - 1)]?.key);
  };
  const type = (row: NameRow, value: string) =>
    change(row.key, { value, ...(row.typeChosen ? {} : { type: guessNameType(value.trim()) }) });
  const press = (event: KeyboardEvent, row: NameRow, index: number) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (row.value.trim() !== "") addAfter(index);
    } else if (event.key === "Backspace" && row.value === "" && rows.length > 1) {
      event.preventDefault();
      remove(index);
    }
  };
  const paste = (event: ClipboardEvent, row: NameRow, index: number) => {
    const names = parseNameList(event.clipboardData.getData("text"));
    if (names.length < 2) return; // one name goes where the cursor is
    event.preventDefault();
    const added = names.map((name) => nameRow(name));
    const kept = row.value.trim() === "" ? [] : [row];
    onChange([...rows.slice(0, index), ...kept, ...added, ...rows.slice(index + 1)]);
    setLeft(new Set([...left, ...added.map((each) => each.key)]));
    focus(added.at(-1)?.key);
  };

  return (
    <Fieldset
      legend="Subject alternative names"
      hint="What relying parties look at. Enter adds a row; a pasted list with commas or lines becomes rows."
      error={error}
    >
      {rows.map((row, index) => {
        const number = index + 1;
        const problem =
          row.value.trim() !== "" && (showAll || left.has(row.key)) ? check(trimmed(row), index) : null;
        const errorId = `${id}-${row.key}-error`;
        return (
          <div key={row.key}>
            <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[8rem_minmax(0,1fr)_auto]">
              <Select
                aria-label={`Type of name ${number}`}
                value={row.type}
                onChange={(event) =>
                  change(row.key, { type: event.target.value as GeneralName["type"], typeChosen: true })
                }
                className="max-sm:col-span-2"
              >
                {Object.entries(NAME_TYPES).map(([value, { label }]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
              <Input
                ref={(element) => {
                  if (element === null) inputs.current.delete(row.key);
                  else inputs.current.set(row.key, element);
                }}
                id={index === 0 ? FIRST_NAME_ID : `${id}-${row.key}`}
                aria-label={`Name ${number}`}
                aria-invalid={problem !== null || undefined}
                aria-describedby={problem === null ? undefined : errorId}
                mono
                autoComplete="off"
                autoCapitalize="none"
                placeholder={NAME_TYPES[row.type].example}
                value={row.value}
                onChange={(event) => type(row, event.target.value)}
                onKeyDown={(event) => press(event, row, index)}
                onPaste={(event) => paste(event, row, index)}
                onBlur={() => afterPress(() => setLeft((before) => new Set([...before, row.key])))}
              />
              <IconButton
                label={`Remove name ${number}`}
                icon={<X aria-hidden />}
                disabled={rows.length === 1 && row.value === ""}
                onClick={() => remove(index)}
              />
            </div>
            <FieldError id={errorId} message={problem ?? undefined} />
          </div>
        );
      })}
      <div>
        <Button size="sm" icon={<Plus aria-hidden />} onClick={() => addAfter(rows.length - 1)}>
          Add a name
        </Button>
      </div>
    </Fieldset>
  );
}

/**
 * Runs what changes the layout only when no button of the mouse is down: a sentence that appears
 * because a field was left would push away the very button that is being pressed.
 */
function useAfterPress(): (work: () => void) => void {
  const pressed = useRef(false);
  useEffect(() => {
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    const press = (event: Event) => {
      pressed.current = event.type === "pointerdown";
    };
    for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
      window.addEventListener(type, press, options);
    }
    return () => listening.abort();
  }, []);
  return (work) => {
    if (!pressed.current) work();
    // The click comes after the release, in the same task.
    else window.addEventListener("pointerup", () => setTimeout(work, 0), { once: true });
  };
}

function trimmed(row: NameRow): GeneralName {
  return { type: row.type, value: row.value.trim() };
}
