"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

interface KeyAlgorithmFieldsProps {
  id: string;
  value: readonly KeyAlgorithm[];
  onChange: (value: KeyAlgorithm[]) => void;
  error: string | undefined;
}

/** Which kinds of key a request may bring. */
export function KeyAlgorithmFields({ id, value, onChange, error }: KeyAlgorithmFieldsProps) {
  const all = Object.values(KEY_ALGORITHMS);
  const toggle = (algorithm: KeyAlgorithm, on: boolean) =>
    onChange(
      all.map((each) => each.algorithm).filter((each) => (each === algorithm ? on : value.includes(each))),
    );
  return (
    <Fieldset legend="Key types" hint="A request with another key is refused." error={error}>
      <div id={id} tabIndex={-1} className="grid gap-2 sm:grid-cols-3">
        {all.map(({ algorithm, label, postQuantum, note }) => (
          <Checkbox
            key={algorithm}
            label={label}
            {...(note === undefined
              ? {}
              : { hint: postQuantum ? "post-quantum: no proxy accepts it yet" : note })}
            checked={value.includes(algorithm)}
            onChange={(event) => toggle(algorithm, event.target.checked)}
          />
        ))}
      </div>
    </Fieldset>
  );
}
