"use client";

import { ChevronDown, LogOut } from "lucide-react";
import type { ReactNode } from "react";
import type { NavigationItem } from "#components/shell/navigation.ts";
import { NavigationIcon } from "#components/shell/navigation-icon.tsx";
import { Button } from "#components/ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
} from "#components/ui/dropdown-menu.tsx";

/** Who is signed in, as the frame shows it. */
export interface FrameUser {
  name: string;
  email: string;
  /** The role's word: "admin", "operator". */
  role: string;
}

interface UserMenuProps {
  user: FrameUser;
  /** The user's own screens, such as the account. */
  links: readonly NavigationItem[];
  /** Server action that ends the session and leads to the sign-in page. */
  signOut: () => Promise<void>;
}

/** Who is signed in, and the way out. */
export function UserMenu({ user, links, signOut }: UserMenuProps): ReactNode {
  return (
    <DropdownMenu
      trigger={
        <Button variant="quiet" className="min-w-0 max-w-48 px-2!">
          <span
            aria-hidden
            className="grid size-6 shrink-0 place-items-center rounded-full bg-neutral-soft font-semibold text-neutral text-xs"
          >
            {initials(user.name)}
          </span>
          <span className="truncate max-md:sr-only">
            <span className="sr-only">Signed in as </span>
            {user.name}
          </span>
          <ChevronDown aria-hidden className="max-md:hidden" />
        </Button>
      }
    >
      <DropdownMenuLabel>
        <span className="block truncate font-medium text-base text-ink">{user.name}</span>
        <span className="block truncate">{user.email}</span>
        <span className="block">Role: {user.role}</span>
      </DropdownMenuLabel>
      <DropdownMenuSeparator />
      {links.map((link) => (
        <DropdownMenuItem key={link.href} href={link.href} icon={<NavigationIcon name={link.icon} />}>
          {link.label}
        </DropdownMenuItem>
      ))}
      <DropdownMenuItem icon={<LogOut aria-hidden />} onSelect={() => void signOut()}>
        Sign out
      </DropdownMenuItem>
    </DropdownMenu>
  );
}

/** One or two letters that stand for a name. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words[0] ?? "";
  const last = words.length > 1 ? (words.at(-1) ?? "") : "";
  return `${[...first][0] ?? ""}${[...last][0] ?? ""}`.toUpperCase();
}
