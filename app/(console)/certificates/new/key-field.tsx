import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

interface KeyFieldProps {
  /** Those that the profile allows and that can be made where the key is made. */
  offered: readonly KeyAlgorithm[];
  value: KeyAlgorithm;
  onChange: (algorithm: KeyAlgorithm) => void;
  error?: string | undefined;
}

/** The kind of key. */
export function KeyField({ offered, value, onChange, error }: KeyFieldProps) {
  const { note } = KEY_ALGORITHMS[value];
  return (
    <Field
      id="keyAlgorithm"
      label="Key"
      error={error}
      hint={note === undefined ? undefined : `${KEY_ALGORITHMS[value].label}: ${note}.`}
    >
      <Select value={value} onChange={(event) => onChange(event.target.value as KeyAlgorithm)}>
        {offered.map((algorithm) => (
          <option key={algorithm} value={algorithm}>
            {KEY_ALGORITHMS[algorithm].label}
            {KEY_ALGORITHMS[algorithm].postQuantum ? ` (${KEY_ALGORITHMS[algorithm].note})` : ""}
          </option>
        ))}
      </Select>
    </Field>
  );
}
