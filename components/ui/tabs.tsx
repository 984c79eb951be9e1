"use client";

import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { TAB, TAB_BAR } from "#components/ui/tab-style.ts";

interface TabsProps {
  /** What the tabs are views of. */
  label: string;
  tabs: { value: string; label: ReactNode; content: ReactNode }[];
  defaultValue?: string;
}

/** Views of the same thing without an address of their own; those that deserve one are TabLinks. */
export function Tabs({ label, tabs, defaultValue }: TabsProps) {
  return (
    <Radix.Root defaultValue={defaultValue ?? tabs[0]?.value ?? ""}>
      <Radix.List aria-label={label} className={TAB_BAR}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.value} value={tab.value} className={TAB}>
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-4">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
