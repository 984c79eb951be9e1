"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { IconButton } from "#components/ui/icon-button.tsx";

interface DialogProps {
  title: ReactNode;
  description?: ReactNode;
  /** The button that opens it; leave it out when `open` is given. */
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
  /** Buttons at the bottom; they stay in view while the content scrolls. */
  footer?: ReactNode;
  size?: "sm" | "md" | "lg";
  /** False while something must not be interrupted: neither Escape nor a press outside closes it. */
  dismissible?: boolean;
}

const SIZES = { sm: "max-w-md", md: "max-w-xl", lg: "max-w-3xl" };

/** A window over the page. It holds the focus, and gives it back when it closes. */
export function Dialog({
  title,
  description,
  trigger,
  open,
  onOpenChange,
  children,
  footer,
  size = "md",
  dismissible = true,
}: DialogProps) {
  const hold = (event: Event) => {
    if (!dismissible) event.preventDefault();
  };
  return (
    <Radix.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      {trigger != null && <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className="dialog-scrim" />
        <Radix.Content
          className={classNames("dialog-window", SIZES[size])}
          onEscapeKeyDown={hold}
          onInteractOutside={hold}
          {...(description == null ? { "aria-describedby": undefined } : {})}
        >
          <header className={classNames("px-5 pt-4", dismissible && "pr-14")}>
            <Radix.Title className="break-words font-semibold text-lg">{title}</Radix.Title>
            {description != null && (
              <Radix.Description className="mt-0.5 text-muted">{description}</Radix.Description>
            )}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer != null && <footer className="dialog-footer">{footer}</footer>}
          {/* Last in the document, so that the focus starts on the content. */}
          {dismissible && (
            <Radix.Close asChild>
              <IconButton label="Close" icon={<X aria-hidden />} className="absolute! top-3 right-3" />
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Closes the dialog that it stands in. */
export function DialogClose({ children }: { children: ReactNode }) {
  return <Radix.Close asChild>{children}</Radix.Close>;
}
