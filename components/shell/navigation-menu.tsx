"use client";

import { Menu, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { Logo } from "#components/shell/logo.tsx";
import type { NavigationGroup } from "#components/shell/navigation.ts";
import { NavigationList } from "#components/shell/navigation-list.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";

/** The navigation of narrow screens: a button that opens it from the side. */
export function NavigationMenu({ groups }: { groups: readonly NavigationGroup[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton label="Open the menu" icon={<Menu aria-hidden />} className="md:hidden" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-scrim md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 flex w-72 max-w-[85vw] animate-slide-in flex-col overflow-y-auto border-line border-r bg-surface px-3 pb-4 shadow-float focus-visible:outline-none md:hidden"
        >
          <Dialog.Title className="flex h-(--topbar-height) shrink-0 items-center pl-2">
            <Logo />
            <span className="sr-only">: menu</span>
          </Dialog.Title>
          <NavigationList groups={groups} onNavigate={() => setOpen(false)} />
          {/* Last in the document, so that the focus starts on the screens. */}
          <Dialog.Close asChild>
            <IconButton label="Close the menu" icon={<X aria-hidden />} className="absolute! top-2 right-2" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
