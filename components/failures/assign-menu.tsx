"use client";

import { UserRound } from "lucide-react";
import { useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuChoice,
  DropdownMenuItem,
  DropdownMenuSeparator,
} from "#components/ui/dropdown-menu.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** A server action that says who looks after a failure. */
export type Assign = (input: {
  failure: string;
  /** Null for nobody. */
  to: string | null;
  /** Who looked after it when that was decided. */
  seen: string | null;
}) => Promise<ActionResult | undefined>;

interface Person {
  id: string;
  name: string;
}

interface AssignMenuProps {
  failure: { id: string; assignee: Person | null };
  people: readonly Person[];
  /** Id of the person in front of it. */
  me: string;
  assign: Assign;
}

const NOBODY = "";

/** Says who looks after a failure, so that two do not mend the same. */
export function AssignMenu({ failure: { id, assignee }, people, me, assign }: AssignMenuProps) {
  const [pending, startTransition] = useTransition();
  const present = assignee?.id ?? null;

  const change = (to: string | null, seen: string | null, isUndo = false) =>
    startTransition(async () => {
      if (to === seen) return;
      const refusal = refusalOf(await answerOf(assign({ failure: id, to, seen })));
      if (refusal !== undefined) {
        toast("critical", "Not assigned", refusal.message);
        return;
      }
      const whose = to === null ? "nobody" : to === me ? "you" : harmless(nameOf(to));
      toast(
        "ok",
        `Assigned to ${whose}`,
        undefined,
        isUndo ? undefined : { label: "Undo", act: () => change(seen, to, true) },
      );
    });
  const nameOf = (person: string) => people.find((each) => each.id === person)?.name ?? "somebody";

  return (
    <DropdownMenu
      trigger={
        <Button pending={pending} icon={<UserRound aria-hidden />}>
          <span className="max-w-40 truncate">
            {assignee === null ? "Assign" : `Assigned to ${harmless(assignee.name)}`}
          </span>
        </Button>
      }
    >
      {/* Whoever stands beyond what the menu takes is one of them, too. */}
      {present !== me && (
        <>
          <DropdownMenuItem onSelect={() => change(me, present)}>Assign to me</DropdownMenuItem>
          <DropdownMenuSeparator />
        </>
      )}
      <DropdownMenuChoice
        value={present ?? NOBODY}
        onValueChange={(value) => change(value === NOBODY ? null : value, present)}
        choices={[
          { value: NOBODY, label: "Nobody" },
          ...people.map((person) => ({ value: person.id, label: harmless(person.name) })),
        ]}
      />
    </DropdownMenu>
  );
}
