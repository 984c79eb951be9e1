"use client";

import { Check } from "lucide-react";
import Link from "next/link";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";

interface DropdownMenuProps {
  /** A Button or IconButton. */
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  /** Open at a press only; a menu never opens by hovering. */
  onOpenChange?: (open: boolean) => void;
}

/** A list of actions that opens from a button. */
export function DropdownMenu({ trigger, children, align = "end", onOpenChange }: DropdownMenuProps) {
  return (
    <Radix.Root modal={false} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-80 animate-appear overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  "flex min-h-8 cursor-pointer select-none items-center gap-2 rounded-sm px-2 py-1 outline-none data-highlighted:bg-hover data-disabled:cursor-not-allowed data-disabled:text-faint pointer-coarse:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0";

interface DropdownMenuItemProps {
  children: ReactNode;
  icon?: ReactNode;
  /** Leads somewhere … */
  href?: string;
  /** … as a plain link, for files to download. */
  download?: boolean;
  /** … or does something. */
  onSelect?: () => void;
  /** Marks what breaks something. */
  danger?: boolean;
  disabled?: boolean;
}

/** One action or link. */
export function DropdownMenuItem({
  children,
  icon,
  href,
  download = false,
  onSelect,
  danger = false,
  disabled = false,
}: DropdownMenuItemProps) {
  const className = classNames(ITEM, danger && "text-critical");
  const content = (
    <>
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
    </>
  );
  if (href === undefined || disabled) {
    return (
      <Radix.Item className={className} disabled={disabled} {...(onSelect ? { onSelect } : {})}>
        {content}
      </Radix.Item>
    );
  }
  return (
    <Radix.Item asChild className={className}>
      {download ? (
        <a href={href} download>
          {content}
        </a>
      ) : (
        <Link href={href} prefetch={false}>
          {content}
        </Link>
      )}
    </Radix.Item>
  );
}

interface DropdownMenuChoiceProps {
  value: string;
  onValueChange: (value: string) => void;
  choices: readonly { value: string; label: string; icon?: ReactNode }[];
}

/** One of several, the present one ticked. */
export function DropdownMenuChoice({ value, onValueChange, choices }: DropdownMenuChoiceProps) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onValueChange}>
      {choices.map((choice) => (
        <Radix.RadioItem key={choice.value} value={choice.value} className={ITEM}>
          {choice.icon}
          <span className="flex-1">{choice.label}</span>
          <Radix.ItemIndicator>
            <Check aria-hidden />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

/** A heading or a note inside a menu. */
export function DropdownMenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1 text-muted text-xs">{children}</Radix.Label>;
}

export function DropdownMenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
