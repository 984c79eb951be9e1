"use client";

import { useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { changeBundleMembers } from "./actions.ts";

interface AddMissingProps {
  bundle: { id: string; version: number };
  missing: readonly { id: string; name: string }[];
}

/** Puts what stands above the members into the bundle too. */
export function AddMissing({ bundle: { id, version }, missing }: AddMissingProps) {
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();
  const names = missing.length === 1 ? missing[0]?.name : `${missing.length} certificates`;
  return (
    <>
      <Button
        size="sm"
        pending={pending}
        onClick={() =>
          startTransition(async () => {
            const add = missing.map((each) => each.id);
            const refused = refusalOf(await answerOf(changeBundleMembers({ id, version, add, remove: [] })));
            setRefusal(refused?.message);
            if (refused === undefined) toast("ok", "The bundle goes up to a root");
          })
        }
      >
        Add {names}
      </Button>
      {refusal !== undefined && (
        <p role="alert" className="w-full text-critical">
          {refusal}
        </p>
      )}
    </>
  );
}
