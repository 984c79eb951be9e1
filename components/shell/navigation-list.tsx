"use client";

import { OctagonAlert } from "lucide-react";
import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import { useId } from "react";
import { activeItem, type NavigationGroup } from "#components/shell/navigation.ts";
import { NavigationIcon } from "#components/shell/navigation-icon.tsx";
import { Spinner } from "#components/ui/spinner.tsx";

interface NavigationListProps {
  groups: readonly NavigationGroup[];
  /** Called when a link is pressed, so that a menu can close. */
  onNavigate?: () => void;
}

/**
 * The screens, grouped, the present one marked. No link of ours is prefetched: every page is rendered for its request,
 * and a list of fifty rows would ask the server fifty times.
 */
export function NavigationList({ groups, onNavigate }: NavigationListProps) {
  const active = activeItem(groups, usePathname());
  const id = useId();
  return (
    <nav aria-label="Main" className="flex flex-col gap-4">
      {groups.map((group) => (
        <div key={group.label ?? ""}>
          {group.label !== undefined && (
            <h2 id={`${id}-${group.label}`} className="mb-1 px-2 font-medium text-muted text-xs">
              {group.label}
            </h2>
          )}
          <ul aria-labelledby={group.label === undefined ? undefined : `${id}-${group.label}`}>
            {group.items.map((item) => (
              <li key={item.href}>
                <Link
                  href={item.href}
                  prefetch={false}
                  aria-current={item === active ? "page" : undefined}
                  {...(onNavigate ? { onClick: onNavigate } : {})}
                  className="flex min-h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-selected aria-[current=page]:font-medium aria-[current=page]:text-ink pointer-coarse:min-h-11"
                >
                  <NavigationIcon name={item.icon} />
                  <span className="min-w-0 flex-1 truncate">{item.label}</span>
                  {item.alarm !== undefined && <AlarmMark alarm={item.alarm} />}
                  <PendingMark />
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function AlarmMark({ alarm }: { alarm: string }) {
  return (
    <span title={alarm}>
      <OctagonAlert aria-hidden className="size-4 shrink-0 text-critical" />
      <span className="sr-only">: {alarm}</span>
    </span>
  );
}

function PendingMark() {
  return useLinkStatus().pending ? <Spinner className="size-3.5" /> : null;
}
