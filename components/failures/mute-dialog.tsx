"use client";

import { BellOff } from "lucide-react";
import { useState } from "react";
import { MUTE_CHOICES, type MuteChoice } from "#components/failures/mute-choice.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** A server action that mutes a failure. */
export type SetMute = (input: {
  failure: string;
  choice: MuteChoice;
  /** UTC, as a browser's field gives it; for the choice `at`. */
  at: string;
  untilWorse: boolean;
}) => Promise<ActionResult | undefined>;

interface MuteDialogProps {
  /** Of the failure. */
  id: string;
  mute: SetMute;
  /** Takes it back. */
  undo: () => void;
}

/** Keeps a failure that is known out of sight: until a time, and sooner when it gets worse. */
export function MuteDialog({ id, mute, undo }: MuteDialogProps) {
  const [choice, setChoice] = useState<MuteChoice>("4h");
  const [at, setAt] = useState("");
  const [isUntilWorse, setUntilWorse] = useState(true);
  // With no end it would never come back.
  const isForced = choice === "worse";
  const untilWorse = isForced || isUntilWorse;
  return (
    <ConfirmDialog
      trigger={<Button icon={<BellOff aria-hidden />}>Mute…</Button>}
      title="Mute this failure?"
      description="It is counted on, but stands under Muted, and not among what fails now. It resolves itself as any other."
      confirmLabel="Mute it"
      onConfirm={async () => {
        const refusal = refusalOf(await mute({ failure: id, choice, at, untilWorse }));
        if (refusal === undefined) {
          toast(
            "ok",
            "Muted",
            untilWorse ? "It comes back by itself, at once when it gets worse." : "It comes back by itself.",
            { label: "Undo", act: undo },
          );
        }
        return refusal?.message;
      }}
    >
      <Field label="How long">
        <Select value={choice} onChange={(event) => setChoice(event.target.value as MuteChoice)}>
          {MUTE_CHOICES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      {choice === "at" && (
        <Field label="Time (UTC)">
          <Input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
        </Field>
      )}
      <Checkbox
        label="Come back sooner if it gets worse"
        hint="When it happens twice as often as now, and at least three times an hour more."
        checked={untilWorse}
        disabled={isForced}
        onChange={(event) => setUntilWorse(event.target.checked)}
      />
    </ConfirmDialog>
  );
}
