"use client";

import {
  LIFETIME_UNITS,
  type LifetimeBounds,
  type LifetimeUnit,
  lifetimePresets,
  readLifetime,
} from "#components/certificate/lifetime-choice.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

/** A lifetime as chosen: one that is offered, or one that is typed. */
export type LifetimeDraft =
  | { kind: "preset"; seconds: number }
  | { kind: "typed"; amount: string; unit: LifetimeUnit };

const OTHER = "other";

interface LifetimeFieldProps {
  bounds: LifetimeBounds;
  value: LifetimeDraft;
  onChange: (value: LifetimeDraft) => void;
  error?: string | undefined;
}

/** How long the certificate will live, within what its profile allows. */
export function LifetimeField({ bounds, value, onChange, error }: LifetimeFieldProps) {
  const typed = value.kind === "typed" ? readLifetime(value.amount, value.unit, bounds) : null;
  const problem =
    typed !== null && "problem" in typed && value.kind === "typed" && value.amount !== ""
      ? typed.problem
      : undefined;
  return (
    <div className="flex flex-col gap-2">
      <Field id="lifetime" label="Lifetime" error={error}>
        <Select
          value={value.kind === "preset" ? String(value.seconds) : OTHER}
          onChange={(event) =>
            onChange(
              event.target.value === OTHER
                ? { kind: "typed", amount: "", unit: "days" }
                : { kind: "preset", seconds: Number(event.target.value) },
            )
          }
        >
          {lifetimePresets(bounds).map((preset) => (
            <option key={preset.seconds} value={preset.seconds}>
              {preset.label}
            </option>
          ))}
          <option value={OTHER}>another…</option>
        </Select>
      </Field>
      {value.kind === "typed" && (
        <div className="grid grid-cols-2 gap-2">
          <Field id="lifetime-amount" label="Number" error={problem}>
            <Input
              inputMode="numeric"
              autoComplete="off"
              value={value.amount}
              onChange={(event) => onChange({ ...value, amount: event.target.value })}
            />
          </Field>
          <Field label="Unit">
            <Select
              value={value.unit}
              onChange={(event) => onChange({ ...value, unit: event.target.value as LifetimeUnit })}
            >
              {Object.keys(LIFETIME_UNITS).map((unit) => (
                <option key={unit}>{unit}</option>
              ))}
            </Select>
          </Field>
        </div>
      )}
    </div>
  );
}
