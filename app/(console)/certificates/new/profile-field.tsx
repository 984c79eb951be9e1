import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { absoluteTime } from "#components/ui/time-format.ts";
import type { Refusal } from "#lib/web/refusal.ts";
import type { ProfileChoice } from "./draft.ts";
import { errorOf } from "./errors.ts";

interface ProfileFieldProps {
  profiles: readonly ProfileChoice[];
  profile: ProfileChoice;
  /** A renewal keeps its profile. */
  fixed: boolean;
  onChange: (profile: ProfileChoice) => void;
  refusal: Refusal | null;
}

/** Under which profile, and so by which authority. */
export function ProfileField({ profiles, profile, fixed, onChange, refusal }: ProfileFieldProps) {
  return (
    <Field
      id="profile"
      label="Profile"
      hint={`Signed by ${profile.authority.name}, which ends ${absoluteTime(profile.authority.notAfter).slice(0, 10)}.`}
      error={errorOf(refusal, "profile")}
    >
      <Select
        value={profile.slug}
        disabled={fixed}
        onChange={(event) => {
          const next = profiles.find((each) => each.slug === event.target.value);
          if (next !== undefined) onChange(next);
        }}
      >
        {profiles.map((each) => (
          <option key={each.slug} value={each.slug}>
            {each.name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
