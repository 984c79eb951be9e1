"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { TAB, TAB_BAR } from "#components/ui/tab-style.ts";

interface TabLinksProps {
  /** What the tabs are views of. */
  label: string;
  tabs: { href: string; label: ReactNode; count?: string | number }[];
}

/** Views with an address each: the tab whose path is the present one is marked. */
export function TabLinks({ label, tabs }: TabLinksProps) {
  const path = usePathname();
  return (
    <nav aria-label={label} className={TAB_BAR}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          prefetch={false}
          aria-current={tab.href === path ? "page" : undefined}
          className={TAB}
        >
          {tab.label}
          {tab.count !== undefined && <span className="font-normal text-faint text-xs">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
