"use client";

import { useState } from "react";
import { NAME_TYPE_WORDS, tryName } from "#components/profile/try-name.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Status } from "#components/ui/status.tsx";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";

interface TryNameBoxProps {
  profile: { name: string; rules: ProfileRules };
  /** Those of the authority and of all above it. */
  constraints: readonly NameConstraints[];
}

/** Type a name and see whether it would be issued; nothing is sent. */
export function TryNameBox({ profile, constraints }: TryNameBoxProps) {
  const [text, setText] = useState("");
  const name = text.trim();
  const verdict = name === "" ? null : tryName(name, profile, constraints);
  return (
    <div className="flex flex-col gap-2">
      <Field label="Try a name" hint="A DNS name, IP address, URI or e-mail address. Nothing is issued.">
        <Input
          mono
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="api.example.com"
          autoComplete="off"
          autoCapitalize="none"
        />
      </Field>
      <div role="status" className="min-h-5">
        {verdict !== null && (
          <>
            <Status tone={verdict.fits ? "ok" : "critical"} detail={`as ${NAME_TYPE_WORDS[verdict.type]}`}>
              {verdict.fits ? "fits" : "refused"}
            </Status>
            {!verdict.fits && <p className="mt-1 break-words text-sm">{verdict.sentence}</p>}
          </>
        )}
      </div>
    </div>
  );
}
