"use client";

import { type DurationDraft, type DurationUnit, UNIT_SECONDS } from "#components/profile/duration-draft.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

interface DurationFieldProps {
  id: string;
  label: string;
  hint?: string;
  value: DurationDraft;
  onChange: (value: DurationDraft) => void;
  error?: string | undefined;
}

/** A number with its unit. */
export function DurationField({ id, label, hint, value, onChange, error }: DurationFieldProps) {
  return (
    <Field id={id} label={label} hint={hint} error={error} required>
      <div className="flex gap-2">
        <Input
          inputMode="decimal"
          className="min-w-16 flex-1"
          value={value.amount}
          onChange={(event) => onChange({ ...value, amount: event.target.value })}
        />
        <Select
          id={`${id}.unit`}
          aria-label={`${label}: unit`}
          className="w-28"
          value={value.unit}
          onChange={(event) => onChange({ ...value, unit: event.target.value as DurationUnit })}
        >
          {Object.keys(UNIT_SECONDS).map((unit) => (
            <option key={unit} value={unit}>
              {unit}
            </option>
          ))}
        </Select>
      </div>
    </Field>
  );
}
