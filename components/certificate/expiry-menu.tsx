"use client";

import { ChevronDown } from "lucide-react";
import type { FormEvent } from "react";
import { dayAway, EXPIRY_PRESETS } from "#components/certificate/expiry-range.ts";
import { listHref, withParameters } from "#components/certificate/list-address.ts";
import { useListNavigation } from "#components/certificate/list-navigation.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Popover } from "#components/ui/popover.tsx";

/** Narrows the list to certificates that expire within some days. @param today in UTC, as 2026-12-31 */
export function ExpiryMenu({ today }: { today: string }) {
  const { go, wanted } = useListNavigation();
  const parameters = new URLSearchParams(wanted);
  const [from, to] = [parameters.get("expires-from") ?? "", parameters.get("expires-to") ?? ""];
  const isSet = from !== "" || to !== "";
  const narrow = (first: string, last: string) =>
    go(listHref(withParameters(wanted, { "expires-from": first, "expires-to": last })));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    narrow(String(form.get("from")), String(form.get("to")));
  };
  return (
    <Popover
      label="Filter by expiry"
      trigger={
        <Button size="sm" className={isSet ? "border-accent!" : undefined}>
          Expires
          <ChevronDown aria-hidden className="size-3.5! text-muted" />
        </Button>
      }
    >
      <ul className="p-1">
        {EXPIRY_PRESETS.map((preset) => {
          const first = preset.from === null ? "" : dayAway(today, preset.from);
          const last = dayAway(today, preset.to);
          return (
            <li key={preset.label}>
              <button
                type="button"
                aria-pressed={from === first && to === last}
                onClick={() => narrow(first, last)}
                className="flex min-h-8 w-full items-center rounded-sm px-2 text-left hover:bg-hover aria-pressed:bg-selected aria-pressed:font-medium pointer-coarse:min-h-10"
              >
                {preset.label}
              </button>
            </li>
          );
        })}
      </ul>
      {/* The fields follow the address, unless somebody is typing. */}
      <form key={`${from} ${to}`} onSubmit={submit} className="border-line border-t p-3">
        <div className="grid grid-cols-2 gap-2">
          <Field label="From">
            <Input type="date" name="from" defaultValue={from.slice(0, 10)} max="9999-12-31" />
          </Field>
          <Field label="To">
            <Input type="date" name="to" defaultValue={to.slice(0, 10)} max="9999-12-31" />
          </Field>
        </div>
        <p className="mt-1 text-muted text-sm">Days in UTC, both included.</p>
        <div className="mt-2 flex gap-2">
          <Button type="submit" size="sm" variant="primary">
            Show
          </Button>
          {isSet && (
            <Button size="sm" variant="quiet" onClick={() => narrow("", "")}>
              Clear
            </Button>
          )}
        </div>
      </form>
    </Popover>
  );
}
