"use client";

import { type ReactNode, useId } from "react";
import { classNames } from "#components/ui/class-names.ts";

export interface RadioCard {
  value: string;
  label: ReactNode;
  description?: ReactNode;
  icon?: ReactNode;
  /** Why it cannot be chosen; switches the card off and is shown in place of the description. */
  unavailable?: ReactNode;
}

interface RadioCardsProps {
  /** Name under which the choice is sent. */
  name: string;
  cards: RadioCard[];
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  columns?: 1 | 2 | 3;
  required?: boolean;
}

const COLUMNS = { 1: "", 2: "sm:grid-cols-2", 3: "sm:grid-cols-2 xl:grid-cols-3" };

/** One of a few, each with a sentence. Stands inside a Fieldset, whose legend is the question. */
export function RadioCards({
  name,
  cards,
  value,
  defaultValue,
  onValueChange,
  columns = 1,
  required,
}: RadioCardsProps) {
  const id = useId();
  return (
    <div className={classNames("grid gap-2", COLUMNS[columns])}>
      {cards.map((card) => {
        const note = card.unavailable ?? card.description;
        const noteId = note == null ? undefined : `${id}-${card.value}`;
        const off = card.unavailable != null;
        return (
          <label
            key={card.value}
            className={classNames(
              "flex items-start gap-2.5 rounded-md border border-line-strong/50 bg-surface p-3",
              "has-checked:border-accent has-checked:bg-selected has-checked:shadow-[inset_0_0_0_1px_var(--color-accent)]",
              "has-focus-visible:outline-2 has-focus-visible:outline-focus has-focus-visible:outline-offset-2",
              off ? "border-dashed bg-transparent" : "hover:bg-hover",
            )}
          >
            <input
              type="radio"
              name={name}
              value={card.value}
              disabled={off}
              required={required}
              aria-labelledby={`${id}-${card.value}-label`}
              aria-describedby={noteId}
              className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
              {...(value === undefined
                ? { defaultChecked: defaultValue === card.value }
                : { checked: value === card.value })}
              onChange={() => onValueChange?.(card.value)}
            />
            <span className="min-w-0">
              <span
                id={`${id}-${card.value}-label`}
                className={classNames(
                  "flex items-center gap-1.5 font-medium [&_svg]:size-4",
                  off && "text-muted",
                )}
              >
                {card.icon}
                {card.label}
              </span>
              {note != null && (
                <span id={noteId} className="mt-0.5 block text-muted text-sm">
                  {note}
                </span>
              )}
            </span>
          </label>
        );
      })}
    </div>
  );
}
