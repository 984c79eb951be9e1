import type { ReactNode } from "react";
import { Logo } from "#components/shell/logo.tsx";
import { MAIN_ID } from "#components/shell/skip-link.tsx";
import { ThemeSwitch } from "#components/shell/theme-switch.tsx";

/** Pages on the way in: sign-in, setup, invitation. A page says how wide its card is. */
export default function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-(--topbar-height) shrink-0 items-center justify-between px-4">
        <Logo />
        <ThemeSwitch />
      </header>
      <main id={MAIN_ID} className="flex flex-1 flex-col items-center px-4 pt-[min(10vh,6rem)] pb-16">
        {children}
      </main>
    </div>
  );
}
